using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// Has a model draft where there is one: asks, holds the answer against the walls, asks once more where it does not pass, and otherwise
/// gives back the draft without it, with a sentence that says so. Every question is on record before its draft is.
/// </summary>
internal sealed class ModelDrafter(
    ModelBudget budget, AnswerCache cache, ModelMetrics metrics, RunbookCatalog runbooks, ILedger ledger,
    QuestionLimits limits, ILogger<ModelDrafter> log)
{
    private const int Attempts = 2;
    private static readonly Actor Drafter = Actor.Service("drafting");
    private readonly KnownConditions conditions = new(runbooks);

    /// <summary>The recommendation; the floor with a note when the model gives none.</summary>
    public async Task<RecommendationDrafted> DraftAsync(IDraftModel model, DraftMaterial material, CancellationToken cancellationToken)
    {
        var prompt = ModelPrompt.Write(material, limits.MaxAnswerTokens);
        var digest = $"{model.Deployment} {prompt.ContentDigest}";
        if (cache.Find(material.Tenant, digest) is { } kept)
        {
            var again = kept with { Text = prompt.WithNumbers(kept.Text) };
            if (Judge(model, material, prompt, again) is { Draft: { } draft })
            {
                await RecordAsync(
                    model, material, prompt.Question, new(again, Attempt: 1, TimeSpan.Zero, null, Cached: true), cancellationToken);
                return draft;
            }
        }
        using var late = limits.StartTimeout();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var question = prompt.Question;
        for (var attempt = 1; ; attempt++)
        {
            using var reserved = await budget.TryReserveAsync(material.Tenant, question, cancellationToken);
            if (reserved is null)
                return FallBack(material, ModelFailure.Budget);
            var (reply, took) = await AskAsync(model, question, either.Token, cancellationToken);
            var (draft, error) = reply is ModelReply.Answered answered ? Judge(model, material, prompt, answered) : (null, null);
            await RecordAsync(model, material, question, new(reply, attempt, took, error, Cached: false), cancellationToken);
            if (draft is not null)
            {
                var usable = (ModelReply.Answered)reply;
                cache.Keep(material.Tenant, digest, usable with { Text = prompt.WithoutNumbers(usable.Text) });
                return draft;
            }
            if (reply is ModelReply.Failed failed)
                return FallBack(material, failed.Why);
            if (attempt == Attempts)
                return FallBack(material, ModelFailure.Unusable);
            question = question with { Rejected = Shorten(((ModelReply.Answered)reply).Text), Errors = error };
        }
    }

    private RecommendationDrafted FallBack(DraftMaterial material, ModelFailure why)
    {
        metrics.FellBack(why);
        log.ModelFellBack(material.Incident.Id, material.Tenant, why);
        return material.Floor with { Note = ModelNotes.FellBack(why, material.Floor) };
    }

    private (RecommendationDrafted? Draft, string? Error) Judge(
        IDraftModel model, DraftMaterial material, ModelPrompt prompt, ModelReply.Answered reply)
    {
        var (answer, unread) = AnswerReader.Read(reply, prompt.References.Keys.ToHashSet(StringComparer.Ordinal));
        if (answer is null)
            return (null, unread);
        var (plan, refused) = PlanWall.Build(material, answer.Plan, text => prompt.Redaction.Restore(text, isExact: true), conditions);
        return plan is null ? (null, refused) : (ModelDraft.From(material, answer, plan, prompt, model.Deployment), null);
    }

    /// <summary>A model that does not heed its token, or breaks its contract, must not hold the incident.</summary>
    private async Task<(ModelReply Reply, TimeSpan Took)> AskAsync(
        IDraftModel model, ModelQuestion question, CancellationToken inTime, CancellationToken cancellationToken)
    {
        var began = limits.Now;
        try
        {
            return (await model.AskAsync(question, inTime).WaitAsync(inTime), limits.Since(began));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (new ModelReply.Failed(ModelFailure.Timeout, "no answer in time"), limits.Since(began));
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            log.ModelBroken(broken);
            return (new ModelReply.Failed(ModelFailure.Unavailable, broken.GetType().Name), limits.Since(began));
        }
    }

    private async Task RecordAsync(
        IDraftModel model, DraftMaterial material, ModelQuestion question, Asking asking, CancellationToken cancellationToken)
    {
        var answered = asking.Reply as ModelReply.Answered;
        var isFree = asking.Cached || asking.Reply is ModelReply.Failed { Why: ModelFailure.Busy or ModelFailure.Refused };
        var promptTokens = isFree ? 0 : Count(answered?.PromptTokens) ?? ModelBudget.Estimate(question);
        var answerTokens = isFree ? 0 : Count(answered?.AnswerTokens) ?? 0;
        var asked = new ModelAsked(
            material.Incident.Id, material.About.Revision, asking.Attempt, model.Deployment,
            answered is null ? null : GeneratedName(answered.Model),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(question.Everything))),
            question.Everything, answered is null ? null : OnRecord(answered.Text), promptTokens, answerTokens,
            (long)asking.Took.TotalMilliseconds, GetFinish(asking.Reply),
            Verdict(answered, asking.Error), asking.Error ?? (asking.Reply as ModelReply.Failed)?.Detail, asking.Cached,
            limits.GetCostMicros(promptTokens, answerTokens), material.Incident.Opened.Subject);
        await ledger.AppendAsync(
            material.Tenant, [],
            [new(new($"model/{material.Incident.Id}"), Drafter, material.Incident.Correlation, asked, material.Incident.OpenedSeq)],
            cancellationToken);
        metrics.Asked(asked);
    }

    /// <summary>A service that counts nonsense must not give a budget back.</summary>
    private static long? Count(int? tokens) => tokens is { } some ? Math.Max(0, some) : null;

    private static ModelVerdict Verdict(ModelReply.Answered? answered, string? error)
    {
        if (answered is null)
            return ModelVerdict.NoAnswer;
        return error is null ? ModelVerdict.Valid : ModelVerdict.Invalid;
    }

    private static string GetFinish(ModelReply reply) => reply switch
    {
        ModelReply.Answered answered => GeneratedName(answered.FinishReason),
        ModelReply.Failed failed => failed.Why.ToString().ToLowerInvariant(),
        _ => "",
    };

    /// <summary>A word of the service's on record: letters, digits and little else.</summary>
    private static string GeneratedName(string name) =>
        string.Concat(name.Take(80).Where(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or ':'));

    private static string Shorten(string text) => OnRecord(text) is { Length: > 8_000 } much ? much[..8_000] : OnRecord(text);

    /// <summary>What no ledger takes, as half of a pair of characters, is replaced.</summary>
    private static string OnRecord(string text)
    {
        var kept = text.Length > 64 * 1024 ? text[..(64 * 1024)] : text;
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept));
    }

    private sealed record Asking(ModelReply Reply, int Attempt, TimeSpan Took, string? Error, bool Cached);
}
