{# USES_VARIABLES { _n_synapses, _senders, _receivers, _weight, _activity, _target, _packed } #}
{% extends 'common_group.pyx' %}
{% block template_support_code %}
{% set Real = cpp_dtype(variables['_weight'].dtype) %}
cdef extern from *:
    """
    {% include 'drive.h' %}
    typedef SlicedMatrix<{{Real}}, {{column}}> DriveMatrix;
    static DriveMatrix drive_matrix;
    """
    cdef cppclass DriveMatrix:
        void pack(int, int, size_t, int32_t*, int32_t*, {{Real}}*)
        void multiply({{Real}}*, {{Real}}*)
    DriveMatrix drive_matrix
{% endblock %}
{% block maincode %}
    {% set Real = cpp_dtype(variables['_weight'].dtype) %}
    if not {{_packed}}:
        drive_matrix.pack({{n_rows}}, {{first_row}}, {{_n_synapses}}, <int32_t*>{{_senders}}, <int32_t*>{{_receivers}}, <{{Real}}*>{{_weight}})
        {{_packed}} = True
    drive_matrix.multiply(<{{Real}}*>{{_activity}}, <{{Real}}*>{{_target}} + {{first_row}})
{% endblock %}
