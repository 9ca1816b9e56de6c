{# Of readouts and stimuli: the kernels, and their expression, if there is one, for all N. #}
{% extends 'common_group.pyx' %}
{% block template_support_code %}
cdef extern from *:
    """
    {% include 'readout.h' %}
    """
    int FINITE
    int ERROR_NOT_FINITE
    bint all_finite[State](int, State*)
    int decode[State](int, int, State*, State*, State*)
    void encode[State](int, int, State*, State*, State*)
    void descend[State, Real](int, int, State*, Real*, State*, double)
    void set_diagonal[Real](int, Real*, double)
    int update_rls[State, Real](int, int, State*, State*, State*, Real*, Real*, double*, double, bint)
{% endblock %}
{% block maincode %}
    _vectorisation_idx = -1
    {{scalar_code|autoindent}}
    for _idx in range(N):
        _vectorisation_idx = _idx
        {{vector_code|autoindent}}
{% endblock %}
