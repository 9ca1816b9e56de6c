{# USES_VARIABLES { N, n_neurons, t, z, _decoders, _activity, _failure, _failure_time } #}
{% extends 'readout_group.pyx' %}
{% block maincode %}
    {% set State = cpp_dtype(variables['z'].dtype) %}
    cdef int _found = decode(<int>n_neurons, <int>N, <{{State}}*>{{_decoders}}, <{{State}}*>{{_activity}} + {{first_neuron}}, <{{State}}*>{{z}})
    {% if feedback %}
    encode(<int>n_neurons, <int>N, <{{State}}*>{{_encoders}}, <{{State}}*>{{z}}, <{{State}}*>{{_feedback}} + {{first_neuron}})
    {% endif %}
    {% include 'stop_on_failure.pyx' %}
{% endblock %}
