{# USES_VARIABLES { _n_synapses, _senders, _receivers, _weight, _activity, _target } #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>
namespace {
{% include 'drive.h' %}
{{'TwoSteps' if ahead else 'SlicedMatrix'}}<{{c_data_type(variables['_weight'].dtype)}}, {{column}}> _matrix;
bool _packed = false;
}
{% endblock %}
{% block maincode %}
    // Each call of `run` has code of its own, and so takes the weights of its start.
    if (!_packed)
        _matrix.pack({{n_rows}}, {{first_row}}, {{_n_synapses}}, {{_senders}}, {{_receivers}}, {{_weight}});
    _packed = true;
    {% if ahead %}
    if (!_matrix.take_second({{_activity}}, {{_target}} + {{first_row}}))
    {
        const size_t _vectorisation_idx = -1;
        {{scalar_code|autoindent}}
        for (int _idx = 0; _idx < {{n_columns}}; _idx++)
        {
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
        }
        _matrix.multiply({{n_columns}}, {{_activity}}, {{_ahead}}, {{_target}} + {{first_row}});
    }
    {% else %}
    _matrix.multiply({{_activity}}, {{_target}} + {{first_row}});
    {% endif %}
{% endblock %}
