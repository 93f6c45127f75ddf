using System.Diagnostics;
using System.IO.Compression;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd.Cluster;

/// <summary>
/// The command line on the database of bots that run: what it prints and exports, an erasure, and key rotations that are killed.
/// </summary>
public sealed class VerbTests(ITestOutputHelper log)
{
    private static readonly PlayedPerson Jo = new("29:1jo", "77777777-0000-4000-8000-00000000000a", "Canary Jolanda");
    private const string Canary = "Jolanda";

    /// <summary>Of two rotations at once, of which two in three are killed.</summary>
    private const int Rounds = 6;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_the_verbs_do_in_a_folder_they_do_in_an_account_while_bots_run()
    {
        await using var cluster = await BotCluster.StartAsync(2);
        await using var teams = await PlayedTeams.StartAsync(cluster.Http);
        await LinkAsync(cluster, teams);
        await teams.SayAsync(Jo, $"freeze contoso because {Canary} says so");
        await RecordedAsync(cluster, "freeze.set");
        await SucceedsAsync(cluster, "intact", "ledger", "verify", "--tenant", "contoso");

        var folder = Directory.CreateTempSubdirectory("verbs-").FullName;
        var (bundle, receipt) = (Path.Combine(folder, "evidence.zip"), Path.Combine(folder, "a.tlog-proof"));
        var key = (await SucceedsAsync(cluster, "devops-ai-bot/contoso+", "ledger", "key", "--tenant", "contoso")).Trim();
        await Eventually.TrueAsync(
            async () => (await cluster.Bots[1].VerbAsync("ledger", "checkpoint", "--tenant", "contoso")).ExitCode == 0, () => "signed");
        await SucceedsAsync(cluster, "contoso: entries 1 to ", "ledger", "export", "--tenant", "contoso", "--out", bundle,
            "--with-encrypted");
        await SucceedsAsync(cluster, "Signed with the key given", "ledger", "verify", "--bundle", bundle, "--key", key);
        await SucceedsAsync(cluster, "entry 1 of contoso", "ledger", "prove", "--tenant", "contoso", "--seq", "1", "--out", receipt);
        await SucceedsAsync(cluster, "valid, entry 1 of contoso", "ledger", "check-receipt", receipt, "--key", key, "--tenant", "contoso");

        (await SucceedsAsync(cluster, "is destroyed", "erase", "--tenant", "contoso", "--subject", Jo.ObjectId, "--reason",
            "asked by mail")).ShouldNotContain(Canary);
        await SucceedsAsync(cluster, "nothing to erase", "erase", "--tenant", "contoso", "--subject", Jo.ObjectId);
        await SucceedsAsync(cluster, "is not needed any more", "keys", "rotate", "--tenant", "contoso");
        await SucceedsAsync(cluster, "intact", "ledger", "verify", "--tenant", "contoso");
        var list = await SucceedsAsync(cluster, "key.rotated", "ledger", "list", "--tenant", "contoso", "--json");
        list.ShouldContain("erasure.completed");
        list.ShouldNotContain(Canary);

        // Both go on, remember nothing, and start again with the new key.
        await teams.SayAsync(PlayedTeams.Tara, "unfreeze contoso all is well");
        await RecordedAsync(cluster, "freeze.lifted");
        foreach (var bot in cluster.Bots)
        {
            await KnowsNotAsync(bot);
            bot.Kill();
            await bot.RestartAsync();
            bot.Output.ShouldNotContain(Canary);
        }
        using (var zip = await ZipFile.OpenReadAsync(bundle, Stop))
        {
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(await entry.OpenAsync(Stop));
                (await reader.ReadToEndAsync(Stop)).ShouldNotContain(Canary, Case.Insensitive, entry.FullName);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Rotations_that_are_killed_anywhere_leave_running_bots_working_and_are_each_on_record_once()
    {
        await using var cluster = await BotCluster.StartAsync(2);
        await using var teams = await PlayedTeams.StartAsync(cluster.Http);
        await LinkAsync(cluster, teams);
        var chance = new Random(20261121);
        var (killed, finished) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            // Two at once, of which any number is killed.
            using var one = cluster.Bots[0].StartVerb("keys", "rotate", "--tenant", "contoso");
            using var two = cluster.Bots[1].StartVerb("keys", "rotate", "--tenant", "contoso");
            var write = round % 2 == 0
                ? teams.SayAsync(PlayedTeams.Tara, "freeze contoso because of the audit")
                : teams.SayAsync(PlayedTeams.Omar, "unfreeze contoso done");
            // One in three may end; the others are killed about when the new key is made, stored, put in place and recorded.
            await ChangedAsync(cluster, one, two);
            if (round % 3 == 2)
                await Task.WhenAll(one.WaitForExitAsync(Stop), two.WaitForExitAsync(Stop)).WaitAsync(Hang.Limit, Stop);
            else
                await Task.Delay(TimeSpan.FromMilliseconds(chance.Next(200)), Stop);
            foreach (var verb in new[] { one, two })
            {
                if (!verb.HasExited)
                {
                    verb.Kill();
                    killed++;
                }
                else if (verb.ExitCode == 0)
                {
                    finished++;
                }
                await verb.WaitForExitAsync(Stop);
            }
            await write;
            if (round % 4 == 3)
            {
                var bot = cluster.Bots[round / 4 % 2];
                bot.Kill();
                await bot.RestartAsync();
            }
        }
        await SucceedsAsync(cluster, "is wrapped under", "keys", "rotate", "--tenant", "contoso");
        await SucceedsAsync(cluster, "intact", "ledger", "verify", "--tenant", "contoso");
        var entries = await cluster.EntriesAsync(Stop);
        var rotations = entries.Where(static entry => entry["type"]!.GetValue<string>() == "key.rotated")
            .Select(static entry => entry["data"]!.AsObject()).ToList();
        rotations.Count.ShouldBeGreaterThanOrEqualTo(finished);
        rotations.Select(static one => one["to"]!.GetValue<string>()).ShouldBeUnique();
        foreach (var (earlier, later) in rotations.Zip(rotations.Skip(1)))
            later["from"]!.GetValue<string>().ShouldBe(earlier["to"]!.GetValue<string>());
        entries.Count(static entry => entry["type"]!.GetValue<string>() is "freeze.set" or "freeze.lifted").ShouldBe(Rounds);
        rotations.Count.ShouldBeGreaterThanOrEqualTo(3);
        log.WriteLine($"{killed} killed, {finished} finished, {rotations.Count} on record");
        foreach (var bot in cluster.Bots)
        {
            bot.Kill();
            await bot.RestartAsync();
        }
    }

    /// <summary>Until one of them has begun to change the keys.</summary>
    private static async Task ChangedAsync(BotCluster cluster, Process one, Process two)
    {
        var key = Path.Combine(cluster.KeyFolder, "contoso.key");
        var before = await File.ReadAllTextAsync(key, Stop);
        while (!(one.HasExited && two.HasExited) && !File.Exists(key + ".new") && await File.ReadAllTextAsync(key, Stop) == before)
            await Task.Delay(2, Stop);
    }

    private static async Task LinkAsync(BotCluster cluster, PlayedTeams teams)
    {
        await Eventually.TrueAsync(async () =>
        {
            await teams.SayAsync(PlayedTeams.Tara, "link contoso");
            await Task.Delay(500);
            return (await cluster.EntriesAsync(Stop)).Exists(static entry => entry["type"]!.GetValue<string>() == "channel.linked");
        }, () => "linked");
    }

    private static Task RecordedAsync(BotCluster cluster, string type) => Eventually.TrueAsync(
        async () => (await cluster.EntriesAsync(Stop)).Exists(entry => entry["type"]!.GetValue<string>() == type), () => type);

    private static async Task<string> SucceedsAsync(BotCluster cluster, string saying, params string[] verb)
    {
        var (code, output) = await cluster.Bots[0].VerbAsync(verb);
        code.ShouldBe(0, $"{string.Join(' ', verb)}: {output}");
        output.ShouldContain(saying);
        return output;
    }

    private static async Task KnowsNotAsync(BotProcess bot)
    {
        using var result = await bot.Http.GetAsync("/readyz", Stop);
        result.EnsureSuccessStatusCode();
        bot.Output.ShouldNotContain(Canary);
    }
}
