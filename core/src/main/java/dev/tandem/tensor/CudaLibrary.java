package dev.tandem.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * The libraries that libtorch with CUDA is linked against, in an order in which each finds those that it depends on.
 * The names are those of CUDA 13, which this libtorch was built with. Its NCCL bindings need some more than libtorch
 * itself does: cuSOLVER's for several GPUs, and cuDNN's parts.
 */
enum CudaLibrary {
    CUDART("libcudart.so.13", Product.CUDA),
    CUPTI("libcupti.so.13", Product.CUDA),
    NVJITLINK("libnvJitLink.so.13", Product.CUDA),
    NVRTC_BUILTINS("libnvrtc-builtins.so.13.1", Product.CUDA),
    NVRTC("libnvrtc.so.13", Product.CUDA),
    CUFFT("libcufft.so.12", Product.CUDA),
    CURAND("libcurand.so.10", Product.CUDA),
    CUFILE("libcufile.so.0", Product.CUDA),
    CUBLAS_LT("libcublasLt.so.13", Product.CUDA),
    CUBLAS("libcublas.so.13", Product.CUDA),
    CUSPARSE("libcusparse.so.12", Product.CUDA),
    CUSOLVER("libcusolver.so.12", Product.CUDA),
    CUSOLVER_MG("libcusolverMg.so.12", Product.CUDA),
    CUDNN("libcudnn.so.9", Product.CUDNN),
    CUDNN_GRAPH("libcudnn_graph.so.9", Product.CUDNN),
    CUDNN_OPS("libcudnn_ops.so.9", Product.CUDNN),
    CUDNN_CNN("libcudnn_cnn.so.9", Product.CUDNN),
    CUDNN_ADV("libcudnn_adv.so.9", Product.CUDNN),
    NCCL("libnccl.so.2", Product.NCCL);

    /** A package that NVIDIA distributes. */
    enum Product {
        CUDA("CUDA Toolkit 13"),
        CUDNN("cuDNN 9 for CUDA 13"),
        NCCL("NCCL 2 for CUDA 13");

        private final String title;

        Product(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    private final String fileName;
    private final Product product;

    CudaLibrary(String fileName, Product product) {
        this.fileName = fileName;
        this.product = product;
    }

    /** File name for the linker. */
    String fileName() {
        return fileName;
    }

    Product product() {
        return product;
    }

    static List<CudaLibrary> all() {
        return Arrays.asList(values());
    }
}
