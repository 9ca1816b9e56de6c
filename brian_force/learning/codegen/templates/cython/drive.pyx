{# USES_VARIABLES { _n_synapses, _senders, _receivers, _weight, _activity, _target, _packed } #}
{% extends 'common_group.pyx' %}
{% block template_support_code %}
{% set Real = cpp_dtype(variables['_weight'].dtype) %}
cdef extern from *:
    """
    {% include 'drive.h' %}
    typedef {{'TwoSteps' if ahead else 'SlicedMatrix'}}<{{Real}}, {{column}}> DriveMatrix;
    static DriveMatrix drive_matrix;
    """
    cdef cppclass DriveMatrix:
        void pack(int, int, size_t, int32_t*, int32_t*, {{Real}}*)
        {% if ahead %}
        bint take_second({{Real}}*, {{Real}}*)
        void multiply(int, {{Real}}*, {{Real}}*, {{Real}}*)
        {% else %}
        void multiply({{Real}}*, {{Real}}*)
        {% endif %}
    DriveMatrix drive_matrix
{% endblock %}
{% block maincode %}
    {% set Real = cpp_dtype(variables['_weight'].dtype) %}
    if not {{_packed}}:
        drive_matrix.pack({{n_rows}}, {{first_row}}, {{_n_synapses}}, <int32_t*>{{_senders}}, <int32_t*>{{_receivers}}, <{{Real}}*>{{_weight}})
        {{_packed}} = True
    {% if ahead %}
    if not drive_matrix.take_second(<{{Real}}*>{{_activity}}, <{{Real}}*>{{_target}} + {{first_row}}):
        _vectorisation_idx = -1
        {{scalar_code|autoindent}}
        for _idx in range({{n_columns}}):
            _vectorisation_idx = _idx
            {{vector_code|autoindent}}
        drive_matrix.multiply({{n_columns}}, <{{Real}}*>{{_activity}}, <{{Real}}*>{{_ahead}}, <{{Real}}*>{{_target}} + {{first_row}})
    {% else %}
    drive_matrix.multiply(<{{Real}}*>{{_activity}}, <{{Real}}*>{{_target}} + {{first_row}})
    {% endif %}
{% endblock %}
