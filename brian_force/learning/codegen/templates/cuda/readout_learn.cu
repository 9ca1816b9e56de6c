{# USES_VARIABLES { N, n_neurons, t, z, error, target_value, n_updates, _due, _decoders, _activity,
                    _failure, _failure_time } #}
{# WRITES_TO_READ_ONLY_VARIABLES { error, target_value, n_updates, _due, _failure, _failure_time } #}
{# ALLOWS_SCALAR_WRITE #}
{% extends 'readout_group.cu' %}
{% block extra_device_helper %}
{{super()}}

{% if rule == 'RLS' %}
{% include 'running_inverse.cuh' %}
{% endif %}
{% endblock %}
{# The kernel of Brian gives each output a thread. #}
{% block extra_vector_code %}
const Failure _noted = { &{{_failure}}, &{{_failure_time}}, {{t}} };
_noted.note(is_finite({{error}}[_idx]) ? FINITE : ERROR_NOT_FINITE);
{% endblock %}
{% block extra_kernel_call_post %}
    {% if rule != 'none' %}
    {% from 'device_array.cu' import dev, failure_of_now with context %}
    {% set State = c_data_type(variables['z'].dtype) %}
    {{failure_of_now()}}
    const Learning _learning = { {{dev('_due')}}, {{dev('n_updates')}}, _failure };
    const {{State}}* const _r = {{dev('_activity')}} + {{first_neuron}};
    {% if rule == 'LMS' %}
    descend(n_neurons, N, {{dev('_decoders')}}, _r, {{dev('error')}}, {{dev('learning_rate')}}, _learning);
    {% else %}
    {% set Real = c_data_type(variables['_P'].dtype) %}
    static {{Real}}* _sums = NULL;
    if (_sums == NULL)
        CUDA_SAFE_CALL(cudaMalloc((void**)&_sums, n_tile_sums(n_neurons) * sizeof({{Real}})));
    {# Without a decimal, to which brian2cuda would append an f in single precision. #}
    {% set numerator, power_of_two = forgetting.as_integer_ratio() %}
    const double _forgetting = std::ldexp((double){{numerator}}LL, 1 - {{power_of_two.bit_length()}});
    const RunningInverse<{{Real}}> _inverse(n_neurons, {{dev('_P')}}, {{dev('_gain')}}, {{dev('_pending')}}, {{dev('_P_ready')}},
                                            {{dev('learning_rate')}}, _forgetting, _sums);
    update_rls(N, _r, {{dev('error')}}, {{dev('_decoders')}}, _inverse, {{posterior}}, _learning);
    {% endif %}
    CUDA_CHECK_ERROR("{{codeobj_name}}");
    {% endif %}
{% endblock %}
