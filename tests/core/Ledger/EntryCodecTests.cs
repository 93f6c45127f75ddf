using System.Text;
using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger;

public sealed class EntryCodecTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly InMemoryKeyRing Keys = new();
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void An_entry_is_canonical_JSON_with_these_members()
    {
        var bytes = Encode(
            new(StreamId.Incident(Con(1001)), Actor.Service("incidents"), CorrelationId.Parse("c0ffee"),
            new IncidentClosed(Con(1001), "resolved"), 41), 42,
            2);
        Encoding.UTF8.GetString(bytes).ShouldBe(
            """{"actor":{"id":"incidents","kind":"service","name":"incidents"},"at":"2026-03-02T09:00:00.123Z","causation":41,"correlation":"c0ffee","""
            + """ "data":{"incidentId":"CON-1001","reason":"resolved"},"seq":42,"stream":"incident/CON-1001","tenant":"contoso","type":"incident.closed","v":1,"version":2}""".Trim());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("quotes \" and \\ and \n \u0001 \u007f")]
    [InlineData("Zoë 🚀 \u2028 ﬁ")]
    public void Whatever_text_goes_in_comes_out_and_is_canonical(string text)
    {
        var entry = new NewEntry(
            new(text), new(ActorKind.Person, text, text), CorrelationId.FromRecord(text),
            new EventReceived("E-1", text, text, EventStatus.Resolved, Severity.Critical, text, null, text, text, text, text,
                text, At, true, new Dictionary<string, string> { ["z" + text] = text, ["a"] = text }));
        var bytes = Encode(entry, 7, 1, out var encryptedBytes);
        Jcs.Canonicalize(bytes).ShouldBe(bytes);
        var decoded = CoreFeatures.Codec.Decode(bytes, MerkleTree.HashLeaf(bytes), encryptedBytes, Keys.For(Contoso));
        decoded.Stream.Value.ShouldBe(text);
        decoded.Actor.ShouldBe(entry.Actor);
        decoded.Correlation.Value.ShouldBe(text);
        decoded.Causation.ShouldBeNull();
        decoded.At.ShouldBe(At);
        decoded.Fact.ShouldBeOfType<EventReceived>().Attributes["z" + text].ShouldBe(text);
    }

    [Fact]
    public void A_lone_surrogate_in_an_id_is_refused_rather_than_replaced() =>
        Should.Throw<ArgumentException>(
            () => Encode(new(new("event/\ud83d"), Actor.Service("x"), CorrelationId.Parse("c"), new IncidentClosed(Con(1), "b")), 1, 1));

    [Fact]
    public void An_entry_that_is_too_large_is_refused() =>
        Should.Throw<ArgumentException>(
            () => Encode(new(new("x"), Actor.Service("x"), CorrelationId.Parse("c"),
            new IncidentClosed(Con(1), new('b', EntryCodec.MaxEntryBytes))), 1, 1));

    [Fact]
    public void A_type_of_a_later_version_is_kept_as_it_is()
    {
        var bytes = """{"actor":{"id":"a","kind":"service","name":"a"},"at":"2027-01-01T00:00:00.000Z","correlation":"c","data":{"x":[1]},"seq":1,"stream":"s","tenant":"contoso","type":"moon.landed","v":1,"version":1}"""u8;
        CoreFeatures.Codec.Decode(bytes, ReadOnlyMemory<byte>.Empty, null, null).Fact.ShouldBeOfType<UnknownFact>().Data
            .GetProperty("x")[0].GetInt32().ShouldBe(1);
    }

    [Fact]
    public void No_prefix_and_no_single_changed_byte_makes_the_decoder_do_anything_but_read_or_refuse()
    {
        var bytes = Encode(
            new(StreamId.Incident(Con(1001)), Actor.Service("incidents"), CorrelationId.Parse("c0ffee"),
            new IncidentClosed(Con(1001), "resolved"), 41), 42,
            2);
        for (var i = 0; i < bytes.Length; i++)
        {
            Should.Throw<JsonException>(() => CoreFeatures.Codec.Decode(bytes.AsSpan(0, i), default, null, null));
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = bytes.ToArray();
                changed[i] ^= (byte)(1 << bit);
                try
                {
                    CoreFeatures.Codec.Decode(changed, default, null, null);
                }
                catch (JsonException)
                {
                    // Refused, in the one way that readers expect.
                }
            }
        }
    }

    private static byte[] Encode(NewEntry entry, long seq, long version) => Encode(entry, seq, version, out _);

    private static byte[] Encode(NewEntry entry, long seq, long version, out byte[]? encryptedBytes)
    {
        var output = new ByteBuffer(64);
        Keys.For(Contoso).EnsurePeople(entry);
        var prepared = CoreFeatures.Codec.Prepare(Contoso, entry, Keys.For(Contoso));
        encryptedBytes = prepared.Encrypted;
        EntryCodec.Complete(prepared, At, seq, version, output);
        return output.Written.ToArray();
    }
}
