import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to a topic in transactions, of which every second one is aborted after the broker has its records. */
class Transactions {
    public static void main(String[] args) {
        var text = new StringSerializer();
        Map<String, Object> config = Map.of("bootstrap.servers", args[0], "transactional.id", args[1] + "-writer");
        try (var producer = new KafkaProducer<>(config, text, text)) {
            producer.initTransactions();
            for (int n = 0; n < Integer.parseInt(args[2]); n++) {
                boolean aborts = n % 2 == 0;
                producer.beginTransaction();
                for (int i = 0; i < 3; i++) {
                    String value = "{\"id\":\"%d-%d\",\"aborted\":%b}".formatted(n, i, aborts);
                    producer.send(new ProducerRecord<>(args[1], "k" + i, value));
                }
                producer.flush();
                if (aborts) producer.abortTransaction();
                else producer.commitTransaction();
            }
        }
    }
}
