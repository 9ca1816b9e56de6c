{# USES_VARIABLES { N, n_neurons, t, z, error, target_value, n_updates, _due, _decoders, _activity,
                    _failure, _failure_time } #}
{# WRITES_TO_READ_ONLY_VARIABLES { error, target_value, n_updates, _due, _failure, _failure_time } #}
{# ALLOWS_SCALAR_WRITE #}
{% extends 'readout_group.cpp' %}
{% block extra_headers %}
#include "network.h"
{{super()}}
{% endblock %}
{% block maincode %}
{{super()}}
    int _found = all_finite(N, {{error}}) ? FINITE : ERROR_NOT_FINITE;
    {% if rule != 'none' %}
    if (_found == FINITE && {{_due}})
    {
        {% if rule == 'LMS' %}
        descend(n_neurons, N, {{_decoders}}, {{_activity}} + {{first_neuron}}, {{error}}, {{learning_rate}});
        {% else %}
        if (!{{_P_ready}})
        {
            set_diagonal(n_neurons, {{_P}}, {{learning_rate}});
            {{_P_ready}} = true;
        }
        _found = update_rls(n_neurons, N, {{_activity}} + {{first_neuron}}, {{error}}, {{_decoders}}, {{_P}},
                            {{_gain}}, &{{_pending}}, {{forgetting}}, {{posterior}});
        {% endif %}
        if (_found == FINITE) {{n_updates}} += 1;
    }
    {% endif %}
    {% include 'stop_on_failure.cpp' %}
{% endblock %}
