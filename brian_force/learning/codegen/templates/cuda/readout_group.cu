{# Of readouts and stimuli: the kernels. #}
{% extends 'common_group.cu' %}
{% block extra_headers %}
#include <cstddef>
#include <cstring>
{% endblock %}
{% block extra_device_helper %}
{% include 'launching.cuh' %}

{% include 'readout.cuh' %}
{% endblock %}
