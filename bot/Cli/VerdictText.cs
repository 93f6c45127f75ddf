using System.Globalization;
using System.Text.Json;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Cli;

/// <summary>Says what was found about a tenant's ledger, to people and to programs.</summary>
internal static class VerdictText
{
    private const string Unsigned = "no checkpoint kept beside the ledger or given is signed by a key that was given";

    public static string AsText(TenantVerdict verdict, CheckpointFindings? findings)
    {
        var judged = verdict.Checkpoints;
        List<string> lines = [Headline(verdict)];
        lines.AddRange(
            (verdict.MissingKeys ?? []).Select(static key =>
                $"  key {key.Key} is missing, and no erasure of it is on record: what is encrypted under it in {key.Where} "
                + "cannot be read"));
        lines.AddRange(judged.Where(finding => findings!.IsGiven(finding) || finding.IsUnclear)
            .Select(static finding => $"  {finding.Checkpoint.Where}: {Spoken(finding)}"));
        lines.AddRange(judged.Where(finding => !findings!.IsGiven(finding) && finding.Problem is null)
            .GroupBy(finding => findings!.GetContainer(finding) is { } address ? $"in {address}" : "kept beside the ledger")
            .Select(static place => $"  {(place.Count() == 1 ? "1 checkpoint" : $"{place.Count()} checkpoints")} {place.Key} fit, the "
                + $"newest of {place.Last().Checkpoint.Signed.Checkpoint.Size} entries"));
        if (verdict.Ledger is { Intact: true, LastAt: { } last })
            lines.Add("  " + End(verdict, last));
        if (verdict is { Ledger: { Intact: true, Entries: > 0 }, IsUnsigned: false } && judged.Count == 0)
            lines.Add("  no signed checkpoint is kept beside the ledger: that these are the entries that were signed is not shown. Give "
                + "one with --checkpoint and --key.");
        if (verdict.Ledger.DamageElsewhere is { } elsewhere)
            lines.Add($"  {elsewhere}; no entry of {verdict.Ledger.Tenant} is there. 'ledger verify --all' says whose are");
        if (verdict is { MissingKeys: null, IsEmpty: false })
            lines.Add("  documents.db is not beside the ledger: whether the keys that entries are encrypted under are all there was not "
                + "looked at");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Headline(TenantVerdict verdict)
    {
        var (result, tenant) = (verdict.Ledger, verdict.Ledger.Tenant);
        var seen = $"{result.Entries} entries, root {result.Root}";
        if (result.First is { } first)
            return $"{tenant}: TAMPERED, {first}{More(result.Problems)}; {result.Entries} entries seen";
        if (verdict.Wrong is [var one, ..] wrong)
            return $"{tenant}: {(wrong.All(static finding => finding.IsStrange) ? "NOT VERIFIED" : "TAMPERED")}, checkpoint "
                + $"{one.Checkpoint.Where}: {one.Problem}{More(wrong.Count)}; {seen}";
        if (verdict.IsUnsigned)
            return $"{tenant}: NOT VERIFIED, {Unsigned}; {seen}";
        if (verdict.Traces is { } traces)
            return $"{tenant}: TAMPERED, it has no entries, but the documents beside the ledger have {traces}: its entries were taken away";
        if (verdict.IsEmpty)
            return $"{tenant}: no entries: never used, or wiped together with all that knew of them; only a witness or a checkpoint kept "
                + $"elsewhere can tell";
        if (verdict.MissingKeys is { Count: > 0 } missing)
            return $"{tenant}: NOT WHOLE, {(missing.Count == 1 ? "1 key is" : $"{missing.Count} keys "
                + $"are")} missing that nobody had erased; {seen}";
        return $"{tenant}: intact, {seen}{(result.LeftOut > 0 ? $", {result.LeftOut} sealed parts left out after erasure" : "")}";
    }

    /// <summary>How far signatures reach, and how old the end is.</summary>
    private static string End(TenantVerdict verdict, DateTimeOffset last)
    {
        var (entries, signed) = (verdict.Ledger.Entries, verdict.Signed);
        var end = $"the last entry is of {Time(last)}{Ago(verdict.Now - last)}";
        if (signed == 0)
            return $"none of the {entries} entries is signed; {end}";
        var head = verdict.Ledger.TimesAt.TryGetValue(signed, out var at) ? $" of {Time(at)}" : "";
        return signed == entries
            ? $"all {entries} entries are signed; {end}"
            : $"{entries - signed} of {entries} entries are not signed yet, all after entry {signed}{head}; {end}";
    }

    private static string Spoken(CheckpointFinding finding) => finding.Problem
        ?? $"fits, {finding.Checkpoint.Signed.Checkpoint.Size} entries, signed by {string.Join(" and ", finding.Signers.Select(Signer))}";

    private static string Signer(NoteSigner signer) => signer.At is { } at ? $"{signer.Key.Name} at {at:u}" : signer.Key.Name;

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Ago(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => "",
        { TotalHours: < 2 } => $", {(int)age.TotalMinutes} min ago",
        { TotalDays: < 2 } => $", {(int)age.TotalHours} h ago",
        _ => $", {(int)age.TotalDays} days ago",
    };

    private static string More(long problems) => problems > 1 ? $" (and {problems - 1} more)" : "";

    public static string AsJson(TenantVerdict verdict)
    {
        var (result, judged) = (verdict.Ledger, verdict.Checkpoints);
        return JsonSerializer.Serialize(
            new
            {
                result.Tenant,
                Status = Status(verdict),
                result.Entries,
                result.Root,
                Problem = verdict switch
                {
                    { IsUnsigned: true } => Unsigned,
                    { Traces: { } traces } => $"no entries, but the documents have {traces}",
                    _ => null,
                },
                result.Problems,
                result.DamageElsewhere,
                LeftOut = result.LeftOut > 0 ? result.LeftOut : (long?)null,
                First = result.First is null
                    ? null
                    : new { result.First.Seq, result.First.Type, result.First.Stream, Problem = result.First.What },
                MissingKeys = verdict.LacksKeys ? verdict.MissingKeys!.Select(static key => new { key.Key, key.First, key.Entries }) : null,
                KeysLookedAt = verdict.MissingKeys is null ? false : (bool?)null,
                Unsigned = result.Intact ? result.Entries - verdict.Signed : (long?)null,
                LastEntryAt = result.LastAt,
                LastSignedEntryAt = result.TimesAt.TryGetValue(verdict.Signed, out var at) ? at : (DateTimeOffset?)null,
                Checkpoints = judged.Count == 0 ? null : new
                {
                    Fit = judged.Count(static one => one.Problem is null),
                    Newest = verdict.Newest?.Checkpoint.Signed.Checkpoint.Size,
                    Problems = judged.Where(static one => one.Problem is not null)
                        .Select(static one => new { one.Checkpoint.Where, one.Checkpoint.Signed.Checkpoint.Size, one.Problem }),
                },
            },
            LedgerVerification.Json);
    }

    private static string Status(TenantVerdict verdict)
    {
        if (verdict.IsUnsigned || (verdict.Ledger.Intact && verdict.Wrong.Count > 0 && verdict.Wrong.All(static one => one.IsStrange)))
            return "not verified";
        if (!verdict.Ledger.Intact || verdict.Wrong.Count > 0 || verdict.Traces is not null)
            return "tampered";
        if (verdict.IsEmpty)
            return "no entries";
        if (verdict.LacksKeys)
            return "keys missing";
        return verdict.Code == LedgerCommands.Intact ? "intact" : "unclear";
    }
}
