using System.Net;
using System.Text;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>What a witness made of a checkpoint.</summary>
internal abstract record WitnessResult
{
    private WitnessResult() { }

    public sealed record Cosigned(NoteSignature Signature) : WitnessResult;

    /// <summary>It remembers another size than we thought.</summary>
    public sealed record OtherSize(long Size) : WitnessResult;

    /// <summary>It holds the checkpoint to be wrong.</summary>
    /// <param name="IsFork">It remembers another history: the loudest thing a witness can say.</param>
    public sealed record Refused(string Problem, bool IsFork) : WitnessResult;

    /// <summary>It did not answer, or not as a witness does; trying again may help.</summary>
    public sealed record Away(string Problem) : WitnessResult;
}

/// <summary>Speaks C2SP's <c>add-checkpoint</c> to one witness.</summary>
internal sealed class WitnessClient(HttpClient client, Uri address, VerifierKey key)
{
    private const int MaxAnswerLength = 64 * 1024;

    public VerifierKey Key => key;

    /// <summary>Hands a checkpoint over.</summary>
    /// <param name="proof">From <paramref name="oldSize"/> on; null when that is 0.</param>
    public async Task<WitnessResult> AddAsync(
        SignedCheckpoint checkpoint, long oldSize, ConsistencyProof? proof, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{address.ToString().TrimEnd('/')}/add-checkpoint"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(AddCheckpoint.ToText(oldSize, proof?.Path ?? [], checkpoint))),
        };
        request.Content.Headers.ContentType = new("text/plain") { CharSet = "utf-8" };
        // The client's own limit ends with the headers; a witness that stops in the midst of its answer must not hold us up either.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (client.Timeout != Timeout.InfiniteTimeSpan)
            timeout.CancelAfter(client.Timeout);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var body = await BodyAsync(response, timeout.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => Cosignature(checkpoint, body),
                HttpStatusCode.Conflict when response.Content.Headers.ContentType?.MediaType == AddCheckpoint.SizeMediaType
                    && NoteText.Number(body.TrimEnd('\n')) is { } size =>
                    new WitnessResult.OtherSize(size),
                HttpStatusCode.NotFound =>
                    new WitnessResult.Refused(
                        $"it does not know {checkpoint.Checkpoint.Origin}: give it the verifier key that 'ledger key' prints",
                        IsFork: false),
                HttpStatusCode.Forbidden =>
                    new WitnessResult.Refused(
                        "it does not know the key that signed: give it the verifier key that 'ledger key' prints", IsFork: false),
                HttpStatusCode.UnprocessableEntity or HttpStatusCode.Conflict => new WitnessResult.Refused(
                    $"what it has seen of this ledger is not the beginning of the checkpoint of size {checkpoint.Checkpoint.Size}: the "
                    + $"ledger was changed or replaced", IsFork: true),
                var other =>
                    new WitnessResult.Away($"it answered {(int)other}{(body.Length is > 0 and < 200 ? $": {body.TrimEnd()}" : "")}"),
            };
        }
        catch (Exception away) when (away is HttpRequestException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return new WitnessResult.Away($"it cannot be reached: {away.Message}");
        }
    }

    /// <summary>
    /// The last checkpoint that it has cosigned for an origin, as our witnesses tell it at <c>checkpoint/{origin}</c>. One that has none,
    /// or does not tell, has nothing to say.
    /// </summary>
    /// <returns>False when it did not answer as a witness does, so that nothing is known.</returns>
    public async Task<(bool Answered, SignedCheckpoint? Newest)> NewestAsync(string origin, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (client.Timeout != Timeout.InfiniteTimeSpan)
            timeout.CancelAfter(client.Timeout);
        try
        {
            using var response = await client.GetAsync(new Uri($"{address.ToString().TrimEnd('/')}/checkpoint/{origin}"),
                HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
                return (true, null);
            if (response.StatusCode != HttpStatusCode.OK)
                return (false, null);
            var seen = SignedCheckpoint.Parse(Encoding.UTF8.GetBytes(await BodyAsync(response, timeout.Token)));
            return seen.Checkpoint.Origin == origin && seen.Note.Verify([key]).IsTrusted ? (true, seen) : (false, null);
        }
        catch (Exception away) when (away is HttpRequestException or IOException or NoteFormatException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return (false, null);
        }
    }

    /// <summary>Only a line that verifies under the key we were given counts.</summary>
    private WitnessResult Cosignature(SignedCheckpoint checkpoint, string body)
    {
        try
        {
            var answered = SignedNote.Parse($"{checkpoint.Note.Text}\n{body}");
            // An answer with an empty line in it would be a signature over something else that begins like our checkpoint.
            return answered.Text == checkpoint.Note.Text && answered.Verify([key]).IsTrusted
                ? new WitnessResult.Cosigned(answered.Signatures.First(line => line.Name == key.Name && line.KeyId == key.Id))
                : new WitnessResult.Away("its answer holds no signature of its key over the checkpoint");
        }
        catch (NoteFormatException problem)
        {
            return new WitnessResult.Away($"its answer is no signature ({problem.Message})");
        }
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxAnswerLength];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
