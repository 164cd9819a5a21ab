-- The service publishes, and has handlers with once: true.
GRANT INSERT ON "tramline_outbox" TO "shop";
GRANT INSERT ON "tramline_scheduled" TO "shop";
GRANT SELECT ON "tramline_lease" TO "shop";
GRANT SELECT ON "tramline_migrations" TO "shop";
GRANT USAGE ON SEQUENCE "tramline_outbox_id" TO "shop";
GRANT EXECUTE ON FUNCTION "tramline_publish"(text, integer, bigint, text, text, text, text, integer, integer, text, text) TO "shop";
GRANT EXECUTE ON FUNCTION "tramline_publish_all"(text, text, bigint, text) TO "shop";
GRANT SELECT, INSERT, UPDATE, DELETE ON "tramline_inbox" TO "shop";

-- Somebody else relays.
GRANT SELECT, INSERT, UPDATE, DELETE ON "tramline_outbox" TO "relay";
GRANT SELECT, UPDATE, DELETE ON "tramline_scheduled" TO "relay";
GRANT SELECT, INSERT, UPDATE, DELETE ON "tramline_held" TO "relay";
GRANT SELECT, UPDATE ON "tramline_lease" TO "relay";
GRANT SELECT, INSERT, UPDATE, DELETE ON "tramline_relay" TO "relay";
GRANT SELECT ON "tramline_migrations" TO "relay";
GRANT SELECT, USAGE ON SEQUENCE "tramline_outbox_id" TO "relay";
GRANT EXECUTE ON FUNCTION "tramline_pending"(bigint, integer[], integer, bigint) TO "relay";
GRANT EXECUTE ON FUNCTION "tramline_settle"(integer[], bigint[], bigint[], text[], boolean) TO "relay";
