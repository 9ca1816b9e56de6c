{# Of readouts and stimuli: the kernels, and their expression, if there is one, for all N. #}
{% extends 'common_group.cpp' %}
{% block extra_headers %}
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>
namespace {
{% include 'readout.h' %}
}
{% endblock %}
{% block maincode %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
    for (int _idx = 0; _idx < N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
    }
{% endblock %}
