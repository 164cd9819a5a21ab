import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes one record for each key that it reads, a line of base64 each, and prints on which partition it lies. */
class Keys {
    public static void main(String[] args) throws Exception {
        var bytes = new ByteArraySerializer();
        Map<String, Object> config = Map.of("bootstrap.servers", args[0], "linger.ms", 20);
        try (var producer = new KafkaProducer<>(config, bytes, bytes); var lines = new Scanner(System.in)) {
            List<Future<RecordMetadata>> written = new ArrayList<>();
            while (lines.hasNextLine()) {
                byte[] key = Base64.getDecoder().decode(lines.nextLine());
                written.add(producer.send(new ProducerRecord<>(args[1], key, new byte[0])));
            }
            var output = new StringBuilder();
            for (var one : written) output.append(one.get().partition()).append('\n');
            System.out.print(output);
        }
    }
}
