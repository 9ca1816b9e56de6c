{# USES_VARIABLES { N, n_neurons, t, z, error, target_value, n_updates, _due, _decoders, _activity,
                    _failure, _failure_time } #}
{# ALLOWS_SCALAR_WRITE #}
{% extends 'readout_group.pyx' %}
{% block maincode %}
    {% set State = cpp_dtype(variables['z'].dtype) %}
{{super()}}
    cdef int _found = FINITE if all_finite(<int>N, <{{State}}*>{{error}}) else ERROR_NOT_FINITE
    {% if rule != 'none' %}
    if _found == FINITE and {{_due}}:
        {% if rule == 'LMS' %}
        descend(<int>n_neurons, <int>N, <{{State}}*>{{_decoders}}, <{{State}}*>{{_activity}} + {{first_neuron}}, <{{State}}*>{{error}}, {{learning_rate}})
        {% else %}
        {% set Real = cpp_dtype(variables['_P'].dtype) %}
        if not {{_P_ready}}:
            set_diagonal(<int>n_neurons, <{{Real}}*>{{_P}}, {{learning_rate}})
            {{_P_ready}} = True
        _found = update_rls(<int>n_neurons, <int>N, <{{State}}*>{{_activity}} + {{first_neuron}}, <{{State}}*>{{error}}, <{{State}}*>{{_decoders}}, <{{Real}}*>{{_P}},
                            <{{Real}}*>{{_gain}}, &{{_pending}}, {{forgetting}}, {{posterior}})
        {% endif %}
        if _found == FINITE:
            {{n_updates}} += 1
    {% endif %}
    {% include 'stop_on_failure.pyx' %}
{% endblock %}
