{# USES_VARIABLES { _n_synapses, _senders, _receivers, _weight, _activity, _target } #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>
namespace {
{% include 'drive.h' %}
SlicedMatrix<{{c_data_type(variables['_weight'].dtype)}}, {{column}}> _matrix;
}
{% endblock %}
{% block maincode %}
    // Each call of `run` has code of its own, and so takes the weights of its start.
    if (_matrix.start.empty())
        _matrix.pack({{n_rows}}, {{first_row}}, {{_n_synapses}}, {{_senders}}, {{_receivers}}, {{_weight}});
    _matrix.multiply({{_activity}}, {{_target}} + {{first_row}});
{% endblock %}
