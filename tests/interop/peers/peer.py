"""kafka-python for the interoperation tests: publishes what it reads as JSON, or prints what a topic holds."""

import base64
import json
import sys

from kafka import KafkaConsumer, KafkaProducer


def encode(value):
    return None if value is None else base64.b64encode(value).decode()


def decode(text):
    return None if text is None else base64.b64decode(text)


def publish(brokers):
    producer = KafkaProducer(bootstrap_servers=brokers, acks="all", compression_type="gzip")
    sent = [
        producer.send(
            record["topic"],
            key=decode(record["key"]),
            value=decode(record["value"]),
            headers=[(name, decode(value)) for name, value in record["headers"]],
        )
        for record in json.load(sys.stdin)
    ]
    for future in sent:
        written = future.get(timeout=60)
        print(json.dumps({"partition": written.partition, "offset": written.offset}))
    producer.close()


def read(brokers, topic, count):
    consumer = KafkaConsumer(
        topic, bootstrap_servers=brokers, group_id=None, auto_offset_reset="earliest"
    )
    for record in consumer:
        found = {
            "partition": record.partition,
            "offset": record.offset,
            "key": encode(record.key),
            "value": encode(record.value),
            "headers": [[name, encode(value)] for name, value in record.headers],
        }
        print(json.dumps(found))
        count -= 1
        if count == 0:
            break
    consumer.close()


if sys.argv[1] == "publish":
    publish(sys.argv[2])
else:
    read(sys.argv[2], sys.argv[3], int(sys.argv[4]))
