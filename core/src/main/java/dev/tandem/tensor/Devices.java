package dev.tandem.tensor;

import dev.tandem.UserException;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** Finds the device a recipe names. */
public final class Devices {
    private Devices() {}

    /**
     * The device of a process that trains alone: {@code auto} (the first CUDA device if there is one, else the CPU), {@code
     * cpu}, {@code cuda} (the first) or {@code cuda:n}.
     *
     * @throws UserException if the name is none of these, or the device does not exist
     */
    public static Device of(String name) {
        return of(name, OptionalInt.empty());
    }

    /**
     * The device of a rank: {@code auto} and {@code cuda} are the CUDA device with the rank's local number.
     *
     * @param localRank number of the rank on its machine, from 0; absent: the process is not a rank
     * @throws UserException if the name is unknown, the device does not exist, or ranks would share one
     */
    public static Device of(String name, OptionalInt localRank) {
        NativeSetup.ensure();
        var devices = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
        var index = cudaIndex(name, localRank, devices);
        return new Device(index.isPresent() ? "cuda:" + index.getAsInt() : "cpu");
    }

    /**
     * Number of the CUDA device that a name stands for.
     *
     * @param devices number of CUDA devices
     * @return empty: the CPU
     */
    static OptionalInt cudaIndex(String name, OptionalInt localRank, int devices) {
        if (name.equals("cpu") || (name.equals("auto") && devices == 0)) {
            return OptionalInt.empty();
        }
        if (!name.matches("auto|cuda(:\\d{1,3})?")) {
            throw new UserException("device '" + name + "' is unknown. Expected: auto, cpu, cuda or cuda:n.");
        }
        if (devices == 0) {
            throw new UserException("device '" + name + "' was asked for, but "
                    + (NativeSetup.cudaBuild()
                            ? "libtorch finds no CUDA device: check `nvidia-smi` and CUDA_VISIBLE_DEVICES. Or use"
                                    + " device: cpu."
                            : "this is the CPU build. Use device: cpu, or the GPU build: TANDEM_GPU=1 ./tandem, or mvn"
                                    + " -Pgpu (docs/gpu.md)."));
        }
        return OptionalInt.of(name.contains(":") ? numbered(name, localRank, devices) : ofRank(localRank, devices));
    }

    private static int numbered(String name, OptionalInt localRank, int devices) {
        if (localRank.isPresent()) {
            throw new UserException("device '" + name + "' is one device, and every rank needs one of its own. Use"
                    + " device: cuda, which gives a rank the device of its number; CUDA_VISIBLE_DEVICES says which there"
                    + " are.");
        }
        var index = Integer.parseInt(name.substring(name.indexOf(':') + 1));
        if (index >= devices) {
            throw new UserException(
                    "device '" + name + "' does not exist: there are " + devices + " CUDA devices, numbered from 0.");
        }
        return index;
    }

    private static int ofRank(OptionalInt localRank, int devices) {
        var index = localRank.orElse(0);
        if (index >= devices) {
            throw new UserException("Rank " + index + " of this machine has no CUDA device: there are " + devices
                    + ". Start " + devices + " ranks here at most (--nproc " + devices + "), or use device: cpu.");
        }
        return index;
    }
}
