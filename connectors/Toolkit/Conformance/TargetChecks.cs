using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Conformance;

/// <summary>Finding and reading: the right one, all of them, only the client's, whatever the vendor's answers look like.</summary>
internal static class TargetChecks
{
    private const int Wide = 1 << 20;

    public static IEnumerable<ConformanceCheck> For(string kind)
    {
        yield return new("found-exactly", kind, stage => FoundAsync(stage, kind));
        yield return new("other-company-found", kind, stage => OtherCompanyAsync(stage, kind));
        yield return new("last-page", kind, stage => LastPageAsync(stage, kind));
        yield return new("shifting-pages", kind, stage => ShiftingAsync(stage, kind));
        yield return new("token-expired-between-pages", kind, stage => TokenEndsAsync(stage, kind));
        yield return new("page-lost", kind, stage => PageLostAsync(stage, kind));
        yield return new("oversized-answer", kind, stage => OversizedAsync(stage, kind));
        yield return new("new-members", kind, stage => NewMembersAsync(stage, kind));
        yield return new("missing-members", kind, stage => BentAsync(stage, kind, static (record, _) => record.Clear(), "without members"));
        yield return new("retyped-members", kind, stage => BentAsync(stage, kind, Retype, "whose members are of other types"));
        yield return new("hostile-text", kind, stage => HostileAsync(stage, kind));
        yield return new("busy-while-reading", kind, stage => BusyAsync(stage, kind));
    }

    public static async Task<IReadOnlyList<Target>?> FindAsync(ConformanceStage stage, string kind, string name) =>
        await stage.Connector.FindAsync(stage.Connection, kind, name, CancellationToken.None)
            is CallOutcome<IReadOnlyList<Target>>.Done(var found) ? found : null;

    private static async Task<Seen> FoundAsync(ConformanceStage stage, string kind)
    {
        var name = stage.Target(kind).Name;
        var same = await FindAsync(stage, kind, name);
        var small = await FindAsync(stage, kind, name.ToLowerInvariant());
        var part = await FindAsync(stage, kind, name[..^1]);
        return Seen.If(
            IsOnly(same) && IsOnly(small) && (part is null || part.Count == 0),
            $"A {kind} was found {Count(same)} by its name, {Count(small)} in small letters and {Count(part)} by the beginning of it.");
    }

    private static async Task<Seen> OtherCompanyAsync(ConformanceStage stage, string kind)
    {
        if (stage.AddForeign(kind) is not { } foreign)
            return Seen.Nothing("Each client has credentials of its own: nothing says whose a record is.");
        var found = await FindAsync(stage, kind, stage.NameOf(kind, foreign));
        if (found is null)
            return Seen.Nothing("The search for another company's record was refused, so that nothing could be found wrongly.");
        var isLeft = found.All(one => one.Id != stage.Id(kind, foreign));
        return Seen.If(isLeft, $"Another company's {kind} of the same name was {(isLeft ? "left alone" : "taken for the client's")}.");
    }

    private static async Task<Seen> LastPageAsync(ConformanceStage stage, string kind)
    {
        if (stage.Manifest.Targets[kind].Find.Paging is not { } paging)
            return Seen.Nothing("The list comes in one.");
        var name = stage.Target(kind).Name;
        stage.Vendor.Records[kind].InsertRange(0, Others(stage, kind, Math.Max(paging.Size, 3) + 1));
        var found = await FindAsync(stage, kind, name);
        return Seen.If(IsOnly(found), $"A {kind} on the last page was found {Count(found)}.");
    }

    private static async Task<Seen> ShiftingAsync(ConformanceStage stage, string kind)
    {
        if (stage.Manifest.Targets[kind].Find.Paging is not { } paging)
            return Seen.Nothing("The list comes in one.");
        // The one that is looked for ends the first page; while it is read something new comes before it, so it begins the second as well.
        var own = stage.Target(kind);
        var size = Math.Max(paging.Size, 3);
        stage.Vendor.Records[kind].InsertRange(0, Others(stage, kind, size - 1));
        stage.Vendor.Records[kind].AddRange(Others(stage, kind, size, from: 50_000));
        var hasShifted = false;
        stage.Vendor.Trouble = asked =>
        {
            if (asked.Use == RouteUse.List && asked.Page > 0 && !hasShifted)
            {
                stage.Vendor.Records[kind].Insert(0, stage.Documents.Record(stage.Manifest.Targets[kind], "90001", "CONF-NEW"));
                hasShifted = true;
            }
            return null;
        };
        var found = await FindAsync(stage, kind, own.Name);
        return Seen.If(IsOnly(found), $"While the pages shifted, a {kind} was found {Count(found)}.");
    }

    private static async Task<Seen> TokenEndsAsync(ConformanceStage stage, string kind)
    {
        if (stage.Manifest.Authentication.Token is null || stage.Manifest.Targets[kind].Find.Paging is not { } paging)
            return Seen.Nothing("There is no token, or the list comes in one.");
        var name = stage.Target(kind).Name;
        stage.Vendor.Records[kind].InsertRange(0, Others(stage, kind, Math.Max(paging.Size, 3) + 1));
        var hasEnded = false;
        stage.Vendor.Trouble = asked =>
        {
            if (asked.Use == RouteUse.List && asked.Page > 0 && !hasEnded)
            {
                hasEnded = true;
                stage.Vendor.EndToken();
            }
            return null;
        };
        var found = await FindAsync(stage, kind, name);
        return Seen.If(
            IsOnly(found) && stage.Vendor.Tokens == 2,
            $"The token expired between two pages; {stage.Vendor.Tokens} were fetched in all, and the {kind} was found {Count(found)}.");
    }

    private static async Task<Seen> PageLostAsync(ConformanceStage stage, string kind)
    {
        if (stage.Manifest.Targets[kind].Find.Paging is not { } paging)
            return Seen.Nothing("The list comes in one.");
        var name = stage.Target(kind).Name;
        stage.Vendor.Records[kind].InsertRange(0, Others(stage, kind, Math.Max(paging.Size, 3) + 1));
        stage.Vendor.Trouble = static asked => asked is { Use: RouteUse.List, Page: > 0 } ? new(0, Cut: true) : null;
        var found = await FindAsync(stage, kind, name);
        return Seen.If(found is null, $"When the second page was cut off, a {kind} on it was found {Count(found)}.");
    }

    private static async Task<Seen> OversizedAsync(ConformanceStage stage, string kind)
    {
        var name = stage.Target(kind).Name;
        stage.Vendor.Trouble = static asked =>
            asked.Use == RouteUse.List ? new(200, $"[{new string(' ', VendorClient.MaxAnswerLength)}]") : null;
        var found = await FindAsync(stage, kind, name);
        if (stage.Vendor.Asked.All(static one => one.Use != RouteUse.List))
            return Seen.Nothing("The vendor is not asked for such a name, or not for a list.");
        return Seen.If(found is null, $"In an answer that is longer than any may be, a {kind} was found {Count(found)}.");
    }

    private static async Task<Seen> NewMembersAsync(ConformanceStage stage, string kind)
    {
        var own = stage.Own(kind);
        own["somethingNew"] = new JsonObject { ["of"] = new JsonArray(1, "two", null) };
        var found = await FindAsync(stage, kind, stage.NameOf(kind, own));
        return Seen.If(IsOnly(found), $"A {kind} with members that are new was found {Count(found)}.");
    }

    private static async Task<Seen> BentAsync(ConformanceStage stage, string kind, Action<JsonObject, string> bend, string how)
    {
        var own = stage.Own(kind);
        var target = stage.Target(kind);
        bend(own, kind);
        var found = await FindAsync(stage, kind, target.Name);
        var observed = await stage.Connector.ObserveAsync(stage.Connection, target, CancellationToken.None);
        return Seen.If(
            found is null or { Count: 0 } && observed is not CallOutcome<IReadOnlyDictionary<string, string>>.Done,
            $"A {kind} {how} was found {Count(found)}, and reading it was {Outcomes.Word(observed)}.");
    }

    private static void Retype(JsonObject record, string kind)
    {
        foreach (var name in record.Select(static one => one.Key).ToList())
            record[name] = new JsonObject { ["value"] = record[name]?.DeepClone() };
    }

    private static async Task<Seen> HostileAsync(ConformanceStage stage, string kind)
    {
        var own = stage.Own(kind);
        var name = stage.NameOf(kind, own);
        own["hostile"] = new JsonArray("\u202Egnp.exe\u0000\u001b[2J", new string('x', Wide), Deep(40), "{$secret.Key}", "../..?a=b#c");
        stage.Vendor.Records[kind].InsertRange(
            0,
            [
                stage.Documents.Record(stage.Manifest.Targets[kind], "../../secrets", name + "\u202E"),
                stage.Documents.Record(stage.Manifest.Targets[kind], "3003", new string('y', Wide)),
            ]);
        var found = await FindAsync(stage, kind, name);
        // Where the name is the id, another record goes by another name anyhow.
        return Seen.If(
            IsOnly(found), $"Among records with control characters, texts of 1 MB and deep nesting a {kind} was found {Count(found)}.");
    }

    private static async Task<Seen> BusyAsync(ConformanceStage stage, string kind)
    {
        var name = stage.Target(kind).Name;
        stage.Vendor.Trouble = static asked => asked.Use == RouteUse.List ? new(429, RetryAfter: "7") : null;
        var told = await stage.Connector.FindAsync(stage.Connection, kind, name, CancellationToken.None);
        var asked = stage.Vendor.Asked.Count(static one => one.Use == RouteUse.List);
        if (asked == 0)
            return Seen.Nothing("The vendor is not asked for such a name, or not for a list.");
        return Seen.If(
            told is CallOutcome<IReadOnlyList<Target>>.NotDone { TryAgainIn: { TotalSeconds: >= 7 } } && asked == 1,
            $"Told to come back in 7 seconds, it asked {asked} times and the search was {Outcomes.Word(told)}.");
    }

    private static bool IsOnly(IReadOnlyList<Target>? found) => found is [{ Id: ConformanceStage.OwnId }];

    private static string Count(IReadOnlyList<Target>? found) => found switch
    {
        null => "not at all, since the search failed,",
        { Count: 1 } => "once",
        { Count: var count } => $"{count} times",
    };

    private static IEnumerable<JsonObject> Others(ConformanceStage stage, string kind, int count, int from = 10_000) => Enumerable
        .Range(from, count).Select(n => stage.Documents.Record(stage.Manifest.Targets[kind], $"{n}", $"CONF-{n}"));

    private static JsonArray Deep(int levels)
    {
        var inner = new JsonArray();
        for (var level = 0; level < levels; level++)
            inner = new JsonArray(inner);
        return inner;
    }
}

/// <summary>How a call ended, in a word.</summary>
internal static class Outcomes
{
    public static string Word<T>(CallOutcome<T> outcome) => outcome switch
    {
        CallOutcome<T>.Done => "done",
        CallOutcome<T>.Refused => "refused",
        CallOutcome<T>.NotDone { TryAgainIn: { } wait } => $"not done, to be tried again in {wait.TotalSeconds:0.#} s",
        CallOutcome<T>.NotDone => "not done",
        _ => "of unknown outcome",
    };
}
