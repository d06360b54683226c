package dev.tandem.tensor;
import java.nio.file.*; import java.util.*;
import org.bytedeco.pytorch.*; import org.bytedeco.pytorch.global.torch; import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.*; import tools.jackson.databind.json.JsonMapper;
public final class SafetensorsFile implements AutoCloseable {
  final JsonNode h; final byte[] all; final int base;
  SafetensorsFile(Path p) throws Exception { all=Files.readAllBytes(p); int n=java.nio.ByteBuffer.wrap(all).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(); h=JsonMapper.shared().readTree(new String(all,8,n,java.nio.charset.StandardCharsets.UTF_8)); base=8+n; }
  public static SafetensorsFile open(Path p){ try { return new SafetensorsFile(p);} catch(Exception e){ throw new RuntimeException(e);} }
  public Set<String> names(){ var s=new LinkedHashSet<String>(h.propertyNames()); s.remove("__metadata__"); return s; }
  public long[] shape(String n){ var a=h.get(n).get("shape"); long[] r=new long[a.size()]; for(int i=0;i<r.length;i++) r[i]=a.get(i).longValue(); return r; }
  public Tensor tensor(String n){ int b=h.get(n).get("data_offsets").get(0).intValue(), e=h.get(n).get("data_offsets").get(1).intValue(); float[] f=new float[(e-b)/4]; java.nio.ByteBuffer.wrap(all,base+b,e-b).order(java.nio.ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(f); return Tensor.create(f, shape(n)); }
  @Override public void close(){}
}
