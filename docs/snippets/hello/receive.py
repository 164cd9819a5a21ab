import json
import os

from kafka import KafkaConsumer

consumer = KafkaConsumer(
    "hello.greeting",
    bootstrap_servers=os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092"),
    group_id="hello-receive-python",
    auto_offset_reset="earliest",
)
for record in consumer:
    event = json.loads(record.value)
    where = f"partition {record.partition}, offset {record.offset}"
    print(f"{event['text']} from {event['from']} ({where})", flush=True)
