using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Connections.Secrets;

/// <summary>
/// Secrets that a vendor replaces whenever they are used, as a refresh token: the newest is kept among the tenant's documents, encrypted,
/// beginning with the one that a person gave. Another one given begins anew. Using one is a turn, which one instance of the bot has at a
/// time: a vendor that sees the same one twice takes it for stolen and revokes all that came of it.
/// </summary>
public sealed class RotatingSecrets(IDocuments documents, IKeyRing keys, TimeProvider clock)
{
    private const int TurnSize = 16;
    private const int HeadSize = TurnSize + sizeof(long);
    private readonly SecretDocuments stored = new(documents, keys, "rotating-secret");

    /// <summary>What vendors gave and the store could not take yet.</summary>
    private readonly ConcurrentDictionary<(TenantId Tenant, string Id), (RotatingSecretTurn Turn, string Next)> unsaved = new();

    /// <summary>
    /// Takes the turn to use the newest secret that came of <paramref name="initial"/>; null while another instance has it. Whoever has it
    /// ends it with <see cref="EndAsync"/>, or leaves it to end after <paramref name="atMost"/>.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The store, or the tenant's key, is not there now.</exception>
    public async Task<RotatingSecretTurn?> TakeTurnAsync(
        TenantId tenant, string initial, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var id = GetId(initial);
        if (unsaved.TryGetValue((tenant, id), out var late))
            await EndAsync(late.Turn, late.Next);
        var found = await stored.FindAsync(tenant, id, cancellationToken);
        var (newest, until) = found is { } document ? Read(document.Content) : (initial, DateTimeOffset.MinValue);
        var now = clock.GetUtcNow();
        if (now < until)
            return null;
        var turn = RandomNumberGenerator.GetBytes(TurnSize);
        if (!await stored.TryPutAsync(tenant, id, Write(turn, now + atMost, newest), found?.Tag, cancellationToken))
            return null;
        return await stored.FindAsync(tenant, id, CancellationToken.None) is var (content, tag)
            && content.AsSpan(0, TurnSize).SequenceEqual(turn)
                ? new(tenant, id, newest, tag)
                : null;
    }

    /// <summary>Ends a turn; the next secret is durable when this returns true.</summary>
    /// <param name="next">What the vendor gave in place of the secret; null when it stays.</param>
    /// <returns>False when the turn had ended before, and another instance has gone on since.</returns>
    /// <exception cref="LedgerUnavailableException">
    /// The store is not there now. The next secret is written before the next turn, if this process lives until then.
    /// </exception>
    public async Task<bool> EndAsync(RotatingSecretTurn turn, string? next)
    {
        if (next is not null)
            unsaved[(turn.Tenant, turn.Id)] = (turn, next);
        var isWritten = await stored.TryPutAsync(
            turn.Tenant, turn.Id, Write(new byte[TurnSize], DateTimeOffset.MinValue, next ?? turn.Secret), turn.Tag,
            CancellationToken.None);
        unsaved.TryRemove((turn.Tenant, turn.Id), out _);
        return isWritten;
    }

    /// <summary>Forgets all that came of a secret; nothing happens when nothing did.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be removed now.</exception>
    public async Task DeleteAsync(TenantId tenant, string initial, CancellationToken cancellationToken)
    {
        await stored.DeleteAsync(tenant, GetId(initial), cancellationToken);
        unsaved.TryRemove((tenant, GetId(initial)), out _);
    }

    private static string GetId(string initial) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(initial)));

    private static (string Secret, DateTimeOffset Until) Read(ReadOnlySpan<byte> content) => (
        Encoding.UTF8.GetString(content[HeadSize..]),
        new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(content[TurnSize..]), TimeSpan.Zero));

    private static byte[] Write(ReadOnlySpan<byte> turn, DateTimeOffset until, string secret)
    {
        var content = new byte[HeadSize + Encoding.UTF8.GetByteCount(secret)];
        turn.CopyTo(content);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(TurnSize), until.UtcTicks);
        Encoding.UTF8.GetBytes(secret, content.AsSpan(HeadSize));
        return content;
    }
}

/// <summary>The right to use a secret once.</summary>
/// <param name="Secret">The newest.</param>
/// <param name="Tag">What the document is at while the turn lasts.</param>
public sealed record RotatingSecretTurn(TenantId Tenant, string Id, string Secret, string Tag)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"turn {Id} of {Tenant}";
}
