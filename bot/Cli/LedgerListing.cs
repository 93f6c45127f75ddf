using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>How <c>ledger list</c> prints entries.</summary>
internal enum ListingForm
{
    /// <summary>What happened, who, which incident.</summary>
    Words,

    /// <summary>What is in the entry itself, in columns.</summary>
    Raw,

    /// <summary>The same, whole.</summary>
    Json,
}

/// <summary><c>ledger list</c>.</summary>
internal static class LedgerListing
{
    internal static readonly string Header = $"{"seq",6}  {"at",-24}  {"type",-24}  {"stream",-28}  actor";

    public static async Task<int> RunAsync(
        LedgerSession ledger, TenantId tenant, long after, ListingForm form, CommandContext context, CancellationToken cancellationToken)
    {
        var seq = Math.Max(0, after);
        try
        {
            var size = await ledger.Archive.SizeAsync(tenant, cancellationToken);
            if (size == 0)
                LedgerCommands.MustBeConfigured(tenant, context.Configuration, ledger.Name);
            using var words = form == ListingForm.Words ? new WordListing(ledger, tenant, context) : null;
            if (form != ListingForm.Json)
                await context.Output.WriteLineAsync(words is null ? Header : WordListing.Header);
            await foreach (var entry in ledger.Archive.ReadAsync(tenant, seq + 1, size, cancellationToken))
            {
                seq = entry.Seq;
                await context.Output.WriteLineAsync(form switch
                {
                    _ when words is not null => await words.LineAsync(entry, cancellationToken),
                    ListingForm.Json => AsJson(entry.Body.Span, entry.Leaf.Span),
                    _ => AsText(entry.Body.Span),
                });
            }
            return LedgerCommands.Intact;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException
            || damaged.InnerException is JsonException or LedgerFileException { IsDamage: true })
        {
            await context.Error.WriteLineAsync(
                $"Entry {seq} or one soon after it cannot be read ({damaged.Message}). 'ledger verify --tenant {tenant}' says more.");
            return LedgerCommands.Tampered;
        }
    }

    internal static string AsText(ReadOnlySpan<byte> body)
    {
        var parts = EntryParts.Read(body);
        using var actor = JsonDocument.Parse(body[parts.Actor].ToArray());
        return $"{parts.Seq,6}  {Shown(body, parts.At),-24}  {Shown(body, parts.Type),-24}  {Shown(body, parts.Stream),-28}  "
            + Harmless((actor.RootElement.TryGetProperty("name", out var name) ? name : actor.RootElement.GetProperty("id")).GetString()
                ?? "");
    }

    internal static string AsJson(ReadOnlySpan<byte> body, ReadOnlySpan<byte> leaf)
    {
        var parts = EntryParts.Read(body);
        var buffer = new ArrayBufferWriter<byte>(body.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            Copy(writer, "tenant", body[parts.Tenant]);
            writer.WriteNumber("seq", parts.Seq);
            Copy(writer, "at", body[parts.At]);
            if (parts.ClockMilliseconds is { } clock)
                writer.WriteString("clock",
                    DateTimeOffset.FromUnixTimeMilliseconds(clock).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            Copy(writer, "type", body[parts.Type]);
            Copy(writer, "stream", body[parts.Stream]);
            writer.WriteNumber("version", parts.Version);
            Copy(writer, "actor", body[parts.Actor]);
            Copy(writer, "correlation", body[parts.Correlation]);
            if (parts.Causation is { } causation)
                writer.WriteNumber("causation", causation);
            Copy(writer, "data", body[parts.Data]);
            if (parts.HasEncrypted)
                Copy(writer, "sealed", body[parts.Encrypted]);
            writer.WriteString("hash", Convert.ToHexStringLower(leaf));
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Copy(Utf8JsonWriter writer, string name, ReadOnlySpan<byte> json)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(json);
    }

    internal static string Shown(ReadOnlySpan<byte> body, Range member) => Harmless(EntryParts.Text(body, member));

    /// <summary>Entries hold text from outside: what would steer a terminal is shown as a question mark.</summary>
    public static string Harmless(string text) =>
        string.Concat(text.Select(static character => char.IsControl(character) ? '?' : character));
}
