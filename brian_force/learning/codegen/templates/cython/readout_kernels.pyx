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
