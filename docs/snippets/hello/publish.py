import json
import os
import time
from datetime import datetime, timezone

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092"), acks="all")

while True:
    value = json.dumps({"from": "Python", "text": "Hello"}).encode()
    written = producer.send("hello.greeting", key=b"Python", value=value).get(timeout=30)
    when = datetime.fromtimestamp(written.timestamp / 1000, timezone.utc).isoformat()
    print(f"partition {written.partition}, offset {written.offset}, {when}", flush=True)
    time.sleep(3)
