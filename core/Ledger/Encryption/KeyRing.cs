using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// The keys as they are kept among the documents beside the ledger: each tenant's data key wrapped under a key that the customer manages,
/// each subject's key wrapped under a key derived from the tenant's. To erase a subject is to delete its key there.
/// </summary>
public sealed class KeyRing(IDocuments documents, ILedgerArchive archive, IKeyWrapper wrapper, TimeProvider? clock = null,
    ILogger<KeyRing>? logger = null)
    : IKeyRing, IDisposable
{
    private readonly ILogger log = logger ?? NullLogger<KeyRing>.Instance;
    private readonly ConcurrentDictionary<(TenantId, string), bool> told = new();
    private readonly ConcurrentDictionary<TenantId, TenantKeys> tenants = new();
    private readonly ConcurrentDictionary<TenantId, SemaphoreSlim> turns = new();
    private readonly ConcurrentDictionary<TenantId, string> unavailable = new();
    private readonly DataKeyStore dataKeys = new(documents, wrapper);
    private readonly DerivedKeys derivedKeys = new(documents);

    public event EventHandler<ForgottenEventArgs>? Forgotten;

    public IReadOnlyCollection<(TenantId Tenant, string Reason)> Unavailable => [.. unavailable.Select(static one => (one.Key, one.Value))];

    public async ValueTask<TenantKeys> ForEncryptionAsync(
        TenantId tenant, IReadOnlyList<KeysNeeded> needed, CancellationToken cancellationToken)
    {
        var keys = await KeysOfAsync(tenant, cancellationToken);
        foreach (var entry in needed)
        {
            foreach (var person in entry.Everybody)
            {
                if (keys.OfPerson(person) is null)
                    await PersonAsync(keys, person, cancellationToken);
            }
            // Looked for each time: whoever writes must not go by what was not found a moment ago.
            if (entry.User is { } subject && keys.Find(subject) is null && !keys.IsErased(subject))
                await LoadAsync(keys, subject, "an entry to be written", cancellationToken);
        }
        return keys;
    }

    public async ValueTask<TenantKeys> ForOpeningAsync(
        TenantId tenant, IReadOnlyList<StoredEntry> entries, CancellationToken cancellationToken)
    {
        var keys = await KeysOfAsync(tenant, cancellationToken);
        foreach (var entry in entries)
        {
            if (entry.Encrypted is null)
                continue;
            foreach (var key in KeysNamedIn(entry.Body.Span))
            {
                if (!keys.Knows(key))
                    await LoadAsync(keys, key, $"entry {entry.Seq}", cancellationToken);
            }
        }
        return keys;
    }

    public async ValueTask<DataKey> OfUserAsync(TenantId tenant, string address, CancellationToken cancellationToken)
    {
        var keys = await KeysOfAsync(tenant, cancellationToken);
        return await SubjectAsync(keys, SubjectId(keys, "user", address), cancellationToken);
    }

    public async ValueTask<DataKey?> OfDerivedAsync(TenantId tenant, bool mayCreate, CancellationToken cancellationToken) =>
        await derivedKeys.OfAsync(await KeysOfAsync(tenant, cancellationToken), mayCreate, cancellationToken);

    public async ValueTask DestroyDerivedAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await derivedKeys.DestroyAsync(tenant, cancellationToken);
        if (tenants.TryGetValue(tenant, out var keys))
            keys.ForgetDerived();
    }

    public bool IsAtHand(TenantId tenant, string key) => tenants.TryGetValue(tenant, out var keys) && keys.Find(key) is not null;

    public bool Forget(TenantId tenant, string key)
    {
        var wasThere = tenants.TryGetValue(tenant, out var keys) && keys.Forget(key);
        if (wasThere)
            Drop(tenant);
        return wasThere;
    }

    public void Drop(TenantId tenant) => Forgotten?.Invoke(this, new(tenant));

    public async ValueTask<string?> FindAsync(TenantId tenant, SubjectKind kind, string name, CancellationToken cancellationToken)
    {
        var keys = await KeysOfAsync(tenant, cancellationToken);
        var subject = SubjectId(keys, kind == SubjectKind.Person ? "person" : "user", name);
        var scope = DocumentScope.From(tenant);
        if (await documents.FindAsync(scope, KeyDocuments.SubjectKind, subject, cancellationToken) is { } lead)
        {
            var key = Encoding.ASCII.GetString(lead.Value.Span);
            if (await documents.FindAsync(scope, KeyDocuments.SubjectKeyKind, key, cancellationToken) is not null)
                return key;
        }
        // One that was missing and is there again has no lead any more where the subject was given another key meanwhile.
        await foreach (var document in documents.ListAsync(scope, KeyDocuments.SubjectKeyKind, "", cancellationToken))
        {
            if (JsonSerializer.Deserialize(document.Value.Span, KeyJson.Default.SubjectKeyDocument)?.Subject == subject)
                return document.Id;
        }
        return null;
    }

    public async ValueTask DestroyAsync(TenantId tenant, string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith("s-", StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not the key of a subject.", nameof(key));
        var scope = DocumentScope.From(tenant);
        var document = await documents.FindAsync(scope, KeyDocuments.SubjectKeyKind, key, cancellationToken);
        // Also when it is gone already: an earlier attempt may have been stopped before its bytes were.
        await documents.DeleteAsync(scope, KeyDocuments.SubjectKeyKind, key, cancellationToken);
        if (document is not null)
        {
            var subject = JsonSerializer.Deserialize(document.Value.Span, KeyJson.Default.SubjectKeyDocument)!.Subject;
            if (await documents.FindAsync(scope, KeyDocuments.SubjectKind, subject, cancellationToken) is { } lead
                && Encoding.ASCII.GetString(lead.Value.Span) == key)
                await documents.DeleteAsync(scope, KeyDocuments.SubjectKind, subject, cancellationToken);
        }
        Forget(tenant, key);
        // What was derived until now may hold what is erased; what is derived from here on cannot.
        await DestroyDerivedAsync(tenant, cancellationToken);
        Drop(tenant);
    }

    /// <summary>
    /// Opens the tenant's data key, making it when the tenant has nothing encrypted yet. Asks for a key that was unavailable again.
    /// </summary>
    /// <exception cref="KeyUnavailableException">Its vault does not give the customer's key; until that is asked again here, nobody waits
    /// for it.</exception>
    /// <exception cref="LedgerUnavailableException">It cannot be opened; the message says what to do.</exception>
    public async ValueTask<TenantKeys> OpenAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var turn = turns.GetOrAdd(tenant, static _ => new(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (tenants.TryGetValue(tenant, out var known))
                return known;
            var root = await dataKeys.UnwrapAsync(tenant, cancellationToken) ?? await MakeRootAsync(tenant, cancellationToken);
            var keys = new TenantKeys(tenant, new(KeyDocuments.TenantKey, root), clock);
            CryptographicOperations.ZeroMemory(root);
            tenants[tenant] = keys;
            unavailable.TryRemove(tenant, out _);
            return keys;
        }
        catch (KeyUnavailableException reason)
        {
            unavailable[tenant] = reason.Message;
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc cref="DataKeyStore.RotateAsync"/>
    public ValueTask<KeyRotation?> RotateAsync(TenantId tenant, CorrelationId correlation, CancellationToken cancellationToken) =>
        dataKeys.RotateAsync(tenant, correlation, cancellationToken);

    /// <inheritdoc cref="DataKeyStore.UnrecordedAsync"/>
    internal ValueTask<IReadOnlyList<KeyRotation>> UnrecordedAsync(TenantId tenant, CancellationToken cancellationToken) =>
        dataKeys.UnrecordedAsync(tenant, cancellationToken);

    /// <inheritdoc cref="DataKeyStore.RecordedAsync"/>
    internal ValueTask RecordedAsync(TenantId tenant, KeyRotation rotation, CancellationToken cancellationToken) =>
        dataKeys.RecordedAsync(tenant, rotation, cancellationToken);

    public void Dispose()
    {
        foreach (var keys in tenants.Values)
            keys.Destroy();
        foreach (var turn in turns.Values)
            turn.Dispose();
    }

    private ValueTask<TenantKeys> KeysOfAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (tenants.TryGetValue(tenant, out var known))
            return new(known);
        return unavailable.TryGetValue(tenant, out var reason)
            ? throw new KeyUnavailableException(tenant, reason)
            : OpenAsync(tenant, cancellationToken);
    }

    private async ValueTask<byte[]> MakeRootAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await foreach (var entry in archive.ReadAsync(tenant, 1, long.MaxValue, cancellationToken))
        {
            if (entry.Encrypted is not null)
            {
                throw new LedgerUnavailableException(
                    $"{tenant} has encrypted entries, but its data key is missing from the documents beside the ledger. Restore them "
                    + $"(documents.db) from a backup; no new key was made.");
            }
        }
        var root = RandomNumberGenerator.GetBytes(DataKey.Size);
        var wrapped = await wrapper.WrapAsync(tenant, root, mayCreate: true, cancellationToken);
        return await dataKeys.TryPutAsync(tenant, new(wrapped.Kek, wrapped.Algorithm, wrapped.Value), null, cancellationToken)
            ? root
            : await dataKeys.UnwrapAsync(tenant, cancellationToken)
                ?? throw new LedgerUnavailableException($"The data key of {tenant} was made by another bot and is gone again.");
    }

    private async ValueTask PersonAsync(TenantKeys keys, string objectId, CancellationToken cancellationToken) =>
        keys.AddPerson(objectId, await SubjectAsync(keys, SubjectId(keys, "person", objectId), cancellationToken));

    /// <summary>The key of a subject, made when there is none.</summary>
    private async ValueTask<DataKey> SubjectAsync(TenantKeys keys, string subject, CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(keys.Tenant);
        while (true)
        {
            var lead = await documents.FindAsync(scope, KeyDocuments.SubjectKind, subject, cancellationToken);
            if (lead is not null && await FindKeyAsync(keys, Encoding.ASCII.GetString(lead.Value.Span), cancellationToken) is { } known)
                return known;
            // The key first: a lead never points at a key that was not there.
            var made = DataKey.Create("s-" + RandomNumberGenerator.GetHexString(16, lowercase: true));
            var document = JsonSerializer.SerializeToUtf8Bytes(
                new SubjectKeyDocument(SubjectKeyWrap.Wrap(keys, made), subject), KeyJson.Default.SubjectKeyDocument);
            if (!await documents.TryPutAsync(scope, KeyDocuments.SubjectKeyKind, made.Id, document, null, cancellationToken))
                continue;
            if (await documents.TryPutAsync(
                scope, KeyDocuments.SubjectKind, subject, Encoding.ASCII.GetBytes(made.Id), lead?.Tag, cancellationToken))
            {
                keys.Add(made);
                return made;
            }
            await documents.DeleteAsync(scope, KeyDocuments.SubjectKeyKind, made.Id, cancellationToken);
        }
    }

    private async ValueTask<DataKey?> FindKeyAsync(TenantKeys keys, string id, CancellationToken cancellationToken)
    {
        if (!keys.Knows(id))
            await LoadAsync(keys, id, "the list of people and users", cancellationToken);
        return keys.Find(id);
    }

    /// <param name="where">What names the key, for the log.</param>
    private async ValueTask LoadAsync(TenantKeys keys, string id, string where, CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(DocumentScope.From(keys.Tenant), KeyDocuments.SubjectKeyKind, id, cancellationToken)
            is not { } document)
        {
            await MissAsync(keys, id, where, cancellationToken);
            return;
        }
        if (await MissingKeys.IsErasedAsync(archive, keys.Tenant, id, cancellationToken))
        {
            await DestroyAgainAsync(keys.Tenant, id, cancellationToken);
            return;
        }
        keys.Add(Unwrap(keys, id, document));
        if (!keys.WasMissing(id))
            return;
        if (told.TryRemove((keys.Tenant, id), out _))
            log.KeyFoundAgain(id, keys.Tenant);
        Drop(keys.Tenant);
    }

    /// <summary>
    /// A backup that is older than an erasure brought the key back. Nothing is opened with it: the erasure holds, and what was written
    /// about the subject since then is encrypted under keys that nobody kept.
    /// </summary>
    private async ValueTask DestroyAgainAsync(TenantId tenant, string id, CancellationToken cancellationToken)
    {
        try
        {
            await DestroyAsync(tenant, id, cancellationToken);
            log.KeyDestroyedAgain(id, tenant);
        }
        catch (LedgerUnavailableException)
        {
            // Documents that are open for reading only; a bot that meets the key will do it.
            Forget(tenant, id);
        }
    }

    /// <summary>A key that is not there was erased when the record says so; otherwise somebody has to be told.</summary>
    private async ValueTask MissAsync(TenantKeys keys, string id, string where, CancellationToken cancellationToken)
    {
        var erasure = await MissingKeys.ErasureOfAsync(archive, keys.Tenant, id, cancellationToken);
        if (erasure is ErasureCompleted)
        {
            if (keys.Forget(id))
                Drop(keys.Tenant);
            return;
        }
        keys.AddMissing(id);
        // One that was agreed to is being carried out, or will be at the next start.
        if (erasure is not ErasureApproved && told.TryAdd((keys.Tenant, id), true))
            log.KeyMissing(id, keys.Tenant, where);
    }

    private static DataKey Unwrap(TenantKeys keys, string id, Document document)
    {
        try
        {
            return SubjectKeyWrap.Unwrap(
                keys, id, JsonSerializer.Deserialize(document.Value.Span, KeyJson.Default.SubjectKeyDocument)!.Wrapped);
        }
        catch (Exception damaged) when (damaged is CryptographicException or JsonException or ArgumentException)
        {
            throw new LedgerUnavailableException(
                $"Key {id} of {keys.Tenant} is damaged. Restore the documents beside the ledger from a backup; nothing was changed.",
                damaged);
        }
    }

    /// <summary>Who it is, as nobody without the tenant's data key can tell.</summary>
    private static string SubjectId(TenantKeys keys, string kind, string name)
    {
        Span<byte> key = stackalloc byte[DataKey.Size];
        keys.Own.TryDerive("DevOpsAI subjects 1"u8, key);
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{kind}\n{name.Trim().ToLowerInvariant()}"));
        CryptographicOperations.ZeroMemory(key);
        return $"{kind}:{Convert.ToHexStringLower(hash)}";
    }

    private static IEnumerable<string> KeysNamedIn(ReadOnlySpan<byte> body)
    {
        var parts = EntryParts.Read(body);
        return parts.HasEncrypted ? EncryptedFields.Read(body[parts.Encrypted]).Parts.Select(static part => part.Key) : [];
    }
}
