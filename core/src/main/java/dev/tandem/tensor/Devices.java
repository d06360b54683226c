package dev.tandem.tensor;

import dev.tandem.UserException;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** Finds the device a recipe names. */
public final class Devices {
    private Devices() {}

    /**
     * Resolves {@code auto} (a CUDA device if there is one, else the CPU), {@code cpu}, {@code cuda} or {@code cuda:n}.
     *
     * @throws UserException if the name is none of these, or the device does not exist
     */
    public static Device of(String name) {
        NativeSetup.ensure();
        if (name.equals("cpu") || (name.equals("auto") && !torch.cuda_is_available())) {
            return new Device("cpu");
        }
        if (name.equals("auto")) {
            return new Device("cuda:0");
        }
        if (!name.matches("cuda(:\\d{1,3})?")) {
            throw new UserException("device '" + name + "' is unknown. Expected: auto, cpu, cuda or cuda:n.");
        }
        if (!torch.cuda_is_available()) {
            throw new UserException(
                    "device '" + name + "' was asked for, but this build of libtorch finds no CUDA device."
                            + " Use device: cpu, or a build with CUDA natives (-Djavacpp.platform.extension=-gpu).");
        }
        var index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
        if (index >= torch.cuda_device_count()) {
            throw new UserException("device '" + name + "' does not exist: there are " + torch.cuda_device_count()
                    + " CUDA devices, numbered from 0.");
        }
        return new Device("cuda:" + index);
    }
}
