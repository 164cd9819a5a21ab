// sarama for the interoperation tests: publishes what it reads as JSON, or prints what a topic holds.
package main

import (
	"encoding/json"
	"log"
	"os"
	"strconv"

	"github.com/IBM/sarama"
)

type record struct {
	Topic     string       `json:"topic,omitempty"`
	Partition int32        `json:"partition"`
	Offset    int64        `json:"offset"`
	Key       *[]byte      `json:"key"`
	Value     *[]byte      `json:"value"`
	Headers   []headerPair `json:"headers"`
}

// headerPair is [name, value in base64] in JSON.
type headerPair struct {
	name  string
	value []byte
}

func (pair headerPair) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{pair.name, pair.value})
}

func (pair *headerPair) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&pair.name, &pair.value})
}

func main() {
	if os.Args[1] == "publish" {
		publish(os.Args[2])
	} else {
		count, err := strconv.Atoi(os.Args[4])
		check(err)
		read(os.Args[2], os.Args[3], count)
	}
}

func publish(broker string) {
	config := sarama.NewConfig()
	config.Version = sarama.V4_1_0_0
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Compression = sarama.CompressionZSTD
	producer, err := sarama.NewSyncProducer([]string{broker}, config)
	check(err)
	var records []record
	check(json.NewDecoder(os.Stdin).Decode(&records))
	for _, one := range records {
		message := &sarama.ProducerMessage{Topic: one.Topic}
		if one.Key != nil {
			message.Key = sarama.ByteEncoder(*one.Key)
		}
		if one.Value != nil {
			message.Value = sarama.ByteEncoder(*one.Value)
		}
		for _, pair := range one.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(pair.name), Value: pair.value})
		}
		partition, offset, err := producer.SendMessage(message)
		check(err)
		check(json.NewEncoder(os.Stdout).Encode(map[string]any{"partition": partition, "offset": offset}))
	}
	check(producer.Close())
}

func read(broker string, topic string, count int) {
	config := sarama.NewConfig()
	config.Version = sarama.V4_1_0_0
	consumer, err := sarama.NewConsumer([]string{broker}, config)
	check(err)
	partitions, err := consumer.Partitions(topic)
	check(err)
	messages := make(chan *sarama.ConsumerMessage)
	for _, partition := range partitions {
		part, err := consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)
		check(err)
		go func() {
			for message := range part.Messages() {
				messages <- message
			}
		}()
	}
	for ; count > 0; count-- {
		message := <-messages
		found := record{Partition: message.Partition, Offset: message.Offset, Headers: []headerPair{}}
		if message.Key != nil {
			found.Key = &message.Key
		}
		if message.Value != nil {
			found.Value = &message.Value
		}
		for _, one := range message.Headers {
			found.Headers = append(found.Headers, headerPair{string(one.Key), one.Value})
		}
		check(json.NewEncoder(os.Stdout).Encode(found))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
