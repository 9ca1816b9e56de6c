{# USES_VARIABLES { N, n_neurons, u, _encoders, _feedback } #}
{% extends 'readout_group.pyx' %}
{% block maincode %}
    {% set State = cpp_dtype(variables['u'].dtype) %}
{{super()}}
    encode(<int>n_neurons, <int>N, <{{State}}*>{{_encoders}}, <{{State}}*>{{u}}, <{{State}}*>{{_feedback}} + {{first_neuron}})
{% endblock %}
