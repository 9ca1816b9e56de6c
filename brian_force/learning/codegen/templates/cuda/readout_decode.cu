{# USES_VARIABLES { N, n_neurons, t, z, _decoders, _activity, _failure, _failure_time } #}
{# WRITES_TO_READ_ONLY_VARIABLES { z, _failure, _failure_time } #}
{% extends 'readout_group.cu' %}
{% block kernel %}
{% endblock %}
{% block prepare_kernel %}
{% endblock %}
{% block kernel_call %}
    {% from 'device_array.cu' import dev, failure_of_now with context %}
    {{failure_of_now()}}
    decode(n_neurons, N, {{dev('_decoders')}}, {{dev('_activity')}} + {{first_neuron}}, {{dev('z')}}, _failure);
    {% if feedback %}
    encode(n_neurons, N, {{dev('_encoders')}}, {{dev('z')}}, {{dev('_feedback')}} + {{first_neuron}});
    {% endif %}
    CUDA_CHECK_ERROR("{{codeobj_name}}");
{% endblock %}
