using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>
/// Which tenant a conversation is being linked to. Tenants have separate ledgers, so that two of them do not take one conversation, be it
/// at two instances, is kept here while it is looked at and recorded. The ledgers stay the truth; a claim that a crash left behind lapses.
/// </summary>
internal sealed class ChannelClaims(IDocuments documents, TimeProvider clock)
{
    private const string Kind = "channel";

    /// <summary>Longer than an append may take.</summary>
    private static readonly TimeSpan Lapses = TimeSpan.FromMinutes(5);

    /// <summary>True when the conversation is the tenant's to link now; false while another one is about to link it.</summary>
    /// <exception cref="LedgerUnavailableException">The claims cannot be read or written now.</exception>
    public async Task<bool> TryTakeAsync(ConversationId conversationId, TenantId tenant, CancellationToken cancellationToken)
    {
        var id = GetId(conversationId);
        var found = await documents.FindAsync(DocumentScope.Host, Kind, id, cancellationToken);
        var now = clock.GetUtcNow();
        if (found is not null && Read(found) is { } held && held.Tenant != tenant && now - held.At < Lapses)
            return false;
        var claim = JsonSerializer.SerializeToUtf8Bytes(new ChannelClaim(tenant, now), ChannelClaimJson.Default.ChannelClaim);
        return await documents.TryPutAsync(DocumentScope.Host, Kind, id, claim, found?.Tag, cancellationToken);
    }

    /// <summary>Gives it back. One that cannot be given back now lapses.</summary>
    public async Task ReleaseAsync(ConversationId conversationId)
    {
        try
        {
            await documents.DeleteAsync(DocumentScope.Host, Kind, GetId(conversationId), CancellationToken.None);
        }
        catch (LedgerUnavailableException)
        {
            // It lapses.
        }
    }

    private static string GetId(ConversationId conversationId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(conversationId.Value)));

    private static ChannelClaim? Read(Document document)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Value.Span, ChannelClaimJson.Default.ChannelClaim);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record ChannelClaim(TenantId Tenant, DateTimeOffset At);

[JsonSerializable(typeof(ChannelClaim))]
internal sealed partial class ChannelClaimJson : JsonSerializerContext;
