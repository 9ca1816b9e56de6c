{# USES_VARIABLES { N, n_neurons, u, _encoders, _feedback } #}
{# WRITES_TO_READ_ONLY_VARIABLES { u } #}
{% extends 'readout_group.cpp' %}
{% block maincode %}
{{super()}}
    encode(n_neurons, N, {{_encoders}}, {{u}}, {{_feedback}} + {{first_neuron}});
{% endblock %}
