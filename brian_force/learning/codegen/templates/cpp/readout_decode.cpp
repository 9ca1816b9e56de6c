{# USES_VARIABLES { N, n_neurons, t, z, _decoders, _activity, _failure, _failure_time } #}
{# WRITES_TO_READ_ONLY_VARIABLES { z, _failure, _failure_time } #}
{% extends 'readout_group.cpp' %}
{% block extra_headers %}
#include "network.h"
{{super()}}
{% endblock %}
{% block maincode %}
    const int _found = decode(n_neurons, N, {{_decoders}}, {{_activity}} + {{first_neuron}}, {{z}});
    {% if feedback %}
    encode(n_neurons, N, {{_encoders}}, {{z}}, {{_feedback}} + {{first_neuron}});
    {% endif %}
    {% include 'stop_on_failure.cpp' %}
{% endblock %}
