using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger;

namespace DevOpsAI.Gates;

/// <summary>What became of a code that was typed.</summary>
internal enum CodeUse
{
    /// <summary>It is right, and used up.</summary>
    Accepted,

    /// <summary>There is one, and this is another.</summary>
    Wrong,

    /// <summary>There is none, or none any more.</summary>
    NoneGood,
}

/// <summary>
/// A code that is printed at a start and typed to the bot by whoever is to be the first administrator: 80 random bits, good for ten minutes
/// and for one person. All instances on one store have one between them; kept of it is its hash alone.
/// </summary>
public sealed class AdministratorCode(IDocuments documents, TimeProvider clock)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    /// <summary>Without letters and digits that are taken for each other.</summary>
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    private const int Length = 16;
    private const int GroupLength = 4;
    private const int MaxWrong = 10;
    private const string Kind = "administrator-code";
    private const string Id = "current";

    /// <summary>A client has no administrator, and the settings say that one is to be made by a code.</summary>
    public bool IsNeeded { get; internal set; }

    /// <summary>The code that this start made, as it is to be printed; null when it made none.</summary>
    public string? Issued { get; private set; }

    /// <summary>Until when the store's code is good, whichever instance printed it.</summary>
    public DateTimeOffset GoodUntil { get; private set; }

    /// <summary>Makes one, unless another instance's is good still.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be kept now.</exception>
    public async Task IssueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (kept, tag) = await ReadAsync(cancellationToken);
            if (kept is not null && IsGood(kept))
            {
                GoodUntil = kept.GoodUntil;
                return;
            }
            var code = RandomNumberGenerator.GetString(Letters, Length);
            var made = new KeptCode(Hash(code), clock.GetUtcNow() + GoodFor, 0);
            if (!await PutAsync(made, tag, cancellationToken))
                continue;
            (Issued, GoodUntil) = (string.Join('-', code.Chunk(GroupLength).Select(static group => new string(group))), made.GoodUntil);
            return;
        }
    }

    /// <summary>Uses the code up where it is the right one, and counts where it is not.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read or written now.</exception>
    internal async Task<CodeUse> UseAsync(string typed, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (kept, tag) = await ReadAsync(cancellationToken);
            if (kept is null || !IsGood(kept))
                return CodeUse.NoneGood;
            var isRight = CryptographicOperations.FixedTimeEquals(kept.Hash, Hash(typed));
            var after = isRight ? kept with { Wrong = MaxWrong } : kept with { Wrong = kept.Wrong + 1 };
            // Of several who type it at once one is first; the others find it used.
            if (!await PutAsync(after, tag, cancellationToken))
                continue;
            return isRight ? CodeUse.Accepted : CodeUse.Wrong;
        }
    }

    /// <summary>
    /// Voids the code where it stands anywhere in something that others read, however it was written there. Without one that this instance
    /// knows of as good, nothing is looked at.
    /// </summary>
    /// <returns>Whether it stood there.</returns>
    /// <exception cref="LedgerUnavailableException">It cannot be read or written now.</exception>
    public async Task<bool> VoidIfSaidAsync(string text, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() >= GoodUntil)
            return false;
        var (kept, _) = await ReadAsync(cancellationToken);
        if (kept is null || !IsGood(kept))
            return false;
        var letters = Plain(text);
        for (var at = 0; at + Length <= letters.Length; at++)
        {
            if (!CryptographicOperations.FixedTimeEquals(kept.Hash, SHA256.HashData(Encoding.UTF8.GetBytes(letters.Substring(at, Length)))))
                continue;
            await VoidAsync(cancellationToken);
            return true;
        }
        return false;
    }

    /// <summary>From now on none is good, whoever printed it.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read or written now.</exception>
    internal async Task VoidAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (kept, tag) = await ReadAsync(cancellationToken);
            if (kept is null || !IsGood(kept) || await PutAsync(kept with { Wrong = MaxWrong }, tag, cancellationToken))
                return;
        }
    }

    private bool IsGood(KeptCode code) => code.Wrong < MaxWrong && clock.GetUtcNow() < code.GoodUntil;

    private async Task<(KeptCode? Code, string? Tag)> ReadAsync(CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(DocumentScope.Host, Kind, Id, cancellationToken) is not { } document)
            return (null, null);
        try
        {
            return (JsonSerializer.Deserialize(document.Value.Span, CodeJson.Default.KeptCode), document.Tag);
        }
        catch (JsonException)
        {
            return (null, document.Tag);
        }
    }

    private async Task<bool> PutAsync(KeptCode code, string? tag, CancellationToken cancellationToken) => await documents.TryPutAsync(
        DocumentScope.Host, Kind, Id, JsonSerializer.SerializeToUtf8Bytes(code, CodeJson.Default.KeptCode), tag, cancellationToken);

    /// <summary>However it was typed: case, spaces and hyphens do not matter.</summary>
    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(Plain(code)));

    private static string Plain(string text) => string.Concat(text.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
}

/// <param name="Wrong">How often another one was typed; so often that it is good no more once it was used.</param>
internal sealed record KeptCode(byte[] Hash, DateTimeOffset GoodUntil, int Wrong);

[JsonSerializable(typeof(KeptCode))]
internal sealed partial class CodeJson : JsonSerializerContext;
