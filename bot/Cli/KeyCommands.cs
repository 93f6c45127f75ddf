using System.CommandLine;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// <c>erase</c> and <c>keys rotate</c>, for whoever holds the machine or the account. Both are recorded as the local operator's acts; in
/// Teams, people ask for an erasure and a second administrator has to agree.
/// </summary>
public static class KeyCommands
{
    private const int MaxReasonLength = 500;

    /// <summary>
    /// Runs the verb in <paramref name="args"/> and returns its exit code; null when there is none and the bot should start.
    /// </summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not (["erase", ..] or ["keys", ..]))
            return null;
        var host = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ContentRoot.Find() });
        return await RunAsync(args, host.Configuration, host.Environment.ContentRootPath, Console.Out, Console.Error,
            CancellationToken.None);
    }

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    public static async Task<int> RunAsync(
        string[] args, IConfiguration configuration, string contentRoot, TextWriter output, TextWriter error,
        CancellationToken cancellationToken)
    {
        var context = new CommandContext(configuration, contentRoot, output, error);
        var tenant = new Option<string>("--tenant") { Description = "The client company, as in contoso.", Required = true };
        var subject = new Option<string>("--subject") { Description = "An Entra object id, or a user's mail address.", Required = true };
        var reason = new Option<string?>("--reason") { Description = "Why; it is recorded." };
        var path = new Option<string?>("--path") { Description = "Folder of ledger.db; what configuration names when not given." };

        var erase = new Command("erase", "Makes a person's or user's data unreadable for good.") { tenant, subject, reason, path };
        erase.SetAction((parsed, stop) => WithAsync(
            context, parsed.GetValue(tenant), parsed.GetValue(path),
            (ledger, id) => EraseAsync(ledger, id, parsed.GetValue(subject)!, parsed.GetValue(reason), stop), stop));
        var rotate = new Command("rotate",
            "Wraps a tenant's data key under a new key of the customer, also while bots run; nothing encrypted changes.") { tenant, path };
        rotate.SetAction((parsed, stop) =>
            WithAsync(context, parsed.GetValue(tenant), parsed.GetValue(path), (ledger, id) => RotateAsync(ledger, id, stop), stop));
        var parsed = new RootCommand("DevOps AI Bot") { erase, new Command("keys", "The keys that encrypt data.") { rotate } }.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(
                new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        foreach (var mistake in parsed.Errors)
            await error.WriteLineAsync(mistake.Message);
        await error.WriteLineAsync("Try: erase --tenant contoso --subject jo@contoso.com, keys rotate --tenant contoso");
        return LedgerCommands.Usage;
    }

    private static Task<int> WithAsync(
        CommandContext context, string? named, string? path, Func<LedgerToWrite, TenantId, Task<string>> verb,
        CancellationToken cancellationToken) => context.RunAsync(async () =>
    {
        var id = context.Tenant(named);
        using var opened = await LedgerSession.OpenAsync(context, path, cancellationToken);
        // What cannot be read is not written to.
        if (await opened.Archive.SizeAsync(id, cancellationToken) == 0)
            LedgerCommands.MustBeConfigured(id, context.Configuration, opened.Name);
        using var ledger = opened.ToWrite();
        await context.Output.WriteLineAsync(await verb(ledger, id));
        return LedgerCommands.Intact;
    });

    private static async Task<string> EraseAsync(
        LedgerToWrite opened, TenantId tenant, string who, string? reason, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(who))
            throw new CommandException("Who? --subject needs an Entra object id, or a user's mail address.");
        if (reason is { Length: > MaxReasonLength })
            throw new CommandException($"The reason may have {MaxReasonLength} characters at most; yours has {reason.Length}.");
        var ledger = Held(opened, tenant);
        if (await Subjects.FindAsync(opened.Keys, tenant, who, cancellationToken) is not { } subject)
        {
            return $"The record of {tenant} holds no key of '{who}', so there is nothing to erase. Somebody who works with the bot is "
                + $"named by their Entra object id, "
                + "a user by the mail address or principal name that events have.";
        }
        var approved = await ApproveAsync(opened, ledger, tenant, subject, reason, cancellationToken);
        await Erasing.CarryOutAsync(ledger, opened.Keys, [new StoredPeople(opened.Documents)], approved, CancellationToken.None);
        return $"Key {subject.Key} is destroyed: what {tenant}'s record held of that person cannot be read by anybody any more. "
            + "Keys in backups of the documents beside the ledger live until those are gone.";
    }

    /// <summary>The entry that allows the erasure, asked for and agreed to here unless somebody has already.</summary>
    private static async Task<LedgerEntry> ApproveAsync(
        LedgerToWrite opened, ILedger ledger, TenantId tenant, Subject subject, string? reason, CancellationToken cancellationToken)
    {
        var states = new TenantStates(ledger, CoreFeatures.Catalog, keys: opened.Keys);
        var stream = StreamId.Erasure(subject.Key);
        var correlation = CorrelationId.New();
        while (true)
        {
            if (Subjects.CheckUnused(await states.GetAsync(tenant, cancellationToken), subject.Key) is { } why)
                throw new CommandException(why);
            var past = await ledger.ReadStreamAsync(tenant, stream, cancellationToken);
            if (past.LastOrDefault(static entry => entry.Fact is ErasureApproved) is { } approved)
                return approved;
            List<NewEntry> entries = [new(stream, RotationRecord.Operator, correlation, new ErasureApproved(subject.Key))];
            if (past.Count == 0)
                entries.Insert(
                    0, new(stream, RotationRecord.Operator, correlation,
                        new ErasureRequested(subject.Key, subject.Kind, subject.ObjectId, reason)));
            // After a conflict somebody else has asked or agreed: it is looked again.
            if (await ledger.AppendAsync(tenant, [new(stream, past.Count)], entries, CancellationToken.None)
                is AppendResult.Appended appended)
                return appended.Entries[^1];
        }
    }

    private static ILedger Held(LedgerToWrite opened, TenantId tenant)
    {
        try
        {
            return opened.Ledger;
        }
        catch (LedgerUnavailableException held)
        {
            throw new CommandException($"{held.Message} While the bot runs, an administrator asks it in Teams: erase <person> {tenant}.");
        }
    }

    private static async Task<string> RotateAsync(LedgerToWrite opened, TenantId tenant, CancellationToken cancellationToken)
    {
        if (await opened.Keys.RotateAsync(tenant, CorrelationId.New(), cancellationToken) is not { } rotated)
            return $"{tenant} has no data key yet, so there is nothing to rotate.";
        if (rotated.From == rotated.To)
            throw new CommandException(
                $"The data key of {tenant} is wrapped under {rotated.To} as before: make a new version of the key in the vault first.");
        var done = rotated.From is { } from
            ? $"The data key of {tenant} is wrapped under {rotated.To} now; {from} is not needed any more."
            : $"A rotation that had been stopped half way is finished: the data key of {tenant} is wrapped under {rotated.To}.";
        return $"{done} {await RecordAsync(opened, tenant)}Back up the new key, and give it to instances that have key files of their "
            + $"own before they are started again.";
    }

    /// <summary>
    /// What is done cannot be taken back by failing to record it here: it stays noted with the key until a bot has recorded it.
    /// </summary>
    private static async Task<string> RecordAsync(LedgerToWrite opened, TenantId tenant)
    {
        try
        {
            await new RotationRecord(opened.Keys, opened.Ledger).RecordAsync(tenant, CancellationToken.None);
            return "";
        }
        catch (LedgerUnavailableException)
        {
            return "The bot that runs on this ledger records it within a minute, or the next one that does. ";
        }
    }
}
