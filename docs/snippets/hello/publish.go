package main

import (
	"cmp"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/IBM/sarama"
)

func main() {
	config := sarama.NewConfig()
	config.Version = sarama.V4_0_0_0
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	brokers := strings.Split(cmp.Or(os.Getenv("KAFKA_BROKERS"), "127.0.0.1:9092"), ",")
	producer, err := sarama.NewSyncProducer(brokers, config)
	if err != nil {
		log.Fatal(err)
	}
	for {
		message := &sarama.ProducerMessage{
			Topic: "hello.greeting",
			Key:   sarama.StringEncoder("Go"),
			Value: sarama.StringEncoder(`{"from": "Go", "text": "Hello"}`),
			// Without one sarama takes its own, and does not tell which.
			Timestamp: time.Now(),
		}
		partition, offset, err := producer.SendMessage(message)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("partition %d, offset %d, %s\n", partition, offset, message.Timestamp.UTC().Format(time.RFC3339))
		time.Sleep(3 * time.Second)
	}
}
