package dev.tandem.tensor;
import java.nio.file.*; import java.util.*; import org.bytedeco.pytorch.*;
public final class CheckpointWeights implements AutoCloseable { final SafetensorsFile f; CheckpointWeights(SafetensorsFile f){this.f=f;}
 public static CheckpointWeights open(Path d){ return new CheckpointWeights(SafetensorsFile.open(d.resolve("model.safetensors"))); }
 public Set<String> names(){return f.names();} public long[] shape(String n){return f.shape(n);} public Tensor tensor(String n){return f.tensor(n);} @Override public void close(){} }
