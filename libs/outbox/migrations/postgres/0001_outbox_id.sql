-- Ids of outbox rows. CACHE 1: a connection that keeps numbers aside would hand them out after later ones.
CREATE SEQUENCE tramline_outbox_id AS bigint CACHE 1;
