{# USES_VARIABLES { _n_synapses, _senders, _receivers, _weight, _activity, _target } #}
{# What the next activity will be is of no use here: whether it came out so would have to be known
   on the host, which would have to wait for it. #}
{% extends 'common_group.cu' %}
{% block extra_headers %}
#include <cstddef>
#include <vector>
{% endblock %}
{% block extra_device_helper %}
{% set Real = c_data_type(variables['_weight'].dtype) %}
{% include 'launching.cuh' %}

{% include 'drive.cuh' %}

DriveMatrix<{{Real}}, {{column}}> _matrix;
bool _packed = false;
{% endblock %}
{% block define_N %}
{% endblock %}
{% block kernel %}
{% endblock %}
{% block prepare_kernel %}
{% endblock %}
{% block kernel_call %}
    {% from 'device_array.cu' import dev with context %}
    {% set Real = c_data_type(variables['_weight'].dtype) %}
    // Each call of `run` has code of its own, and so takes the weights of its start.
    if (!_packed)
    {
        {# brian2cuda may have freed senders and receivers on the device, never on the host #}
        const size_t _n = {{get_array_name(variables['_senders'], access_data=False)}}.size();
        std::vector<{{Real}}> _weights(_n);
        if (_n > 0)
            CUDA_SAFE_CALL(cudaMemcpy(&_weights[0], {{dev('_weight')}}, _n * sizeof({{Real}}), cudaMemcpyDeviceToHost));
        const CompressedRows<{{Real}}, {{column}}> _rows(
            {{n_rows}}, {{first_row}}, _n, &{{get_array_name(variables['_senders'], access_data=False)}}[0],
            &{{get_array_name(variables['_receivers'], access_data=False)}}[0], &_weights[0]);
        _matrix = DriveMatrix<{{Real}}, {{column}}>(_rows);
        _packed = true;
    }
    multiply(_matrix, {{dev('_activity')}}, {{dev('_target')}} + {{first_row}});
    CUDA_CHECK_ERROR("{{codeobj_name}}");
{% endblock %}
