{# USES_VARIABLES { N, n_neurons, u, _encoders, _feedback } #}
{% extends 'common_group.pyx' %}
{% block template_support_code %}
{% include 'readout_kernels.pyx' %}
{% endblock %}
{% block maincode %}
    {% set State = cpp_dtype(variables['u'].dtype) %}
    _vectorisation_idx = -1
    {{scalar_code|autoindent}}
    for _idx in range(N):
        _vectorisation_idx = _idx
        {{vector_code|autoindent}}
    encode(<int>n_neurons, <int>N, <{{State}}*>{{_encoders}}, <{{State}}*>{{u}}, <{{State}}*>{{_feedback}} + {{first_neuron}})
{% endblock %}
