{# USES_VARIABLES { N, n_neurons, u, _encoders, _feedback } #}
{# WRITES_TO_READ_ONLY_VARIABLES { u } #}
{% extends 'readout_group.cu' %}
{% block extra_kernel_call_post %}
    {% from 'device_array.cu' import dev with context %}
    encode(n_neurons, N, {{dev('_encoders')}}, {{dev('u')}}, {{dev('_feedback')}} + {{first_neuron}});
    CUDA_CHECK_ERROR("{{codeobj_name}}");
{% endblock %}
