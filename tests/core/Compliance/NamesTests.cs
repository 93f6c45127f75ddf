using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class NamesTests : IDisposable
{
    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Without_being_asked_for_no_title_reason_or_name_is_in_any_file_of_a_bundle()
    {
        await scene.Story.EverythingAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()));
        foreach (var (name, content) in files)
        {
            var text = Encoding.UTF8.GetString(content);
            foreach (var secret in Secrets)
                text.ShouldNotContain(secret, customMessage: name);
        }
        Text(files, BundleFormat.Manifest).ShouldContain("\"names\": false");
        var report = Text(files, BundleFormat.Report);
        report.ShouldContain("Encrypted: titles");
        report.ShouldContain($"Person {EvidenceScene.Ana.ObjectId} approved.");
        report.ShouldContain("rejected (the reason is encrypted).");
        report.ShouldContain(">CON-1001</span> DiskSpaceLow ");
        report.ShouldNotContain("(encrypted)");
        foreach (var file in files.Keys.Where(static file => file.StartsWith(BundleFormat.OscalFolder, StringComparison.Ordinal)))
            Text(files, file).ShouldNotContain("(encrypted)", customMessage: file);
    }

    [Fact]
    public async Task With_names_report_and_oscal_tell_them_and_both_checks_hold_them_against_the_entries()
    {
        await scene.Story.EverythingAsync();
        var path = await scene.ExportAsync(await scene.RequestAsync(names: true));
        (await BundleScene.CheckAsync(path, scene.Key)).Problem.ShouldBeNull();
        var (code, output) = await BundleScene.PythonAsync(path);
        output.ShouldContain(" decrypted parts, signed with key");
        code.ShouldBe(0);
        var files = BundleScene.Unpack(path);
        Text(files, BundleFormat.Manifest).ShouldContain("\"names\": true");
        foreach (var secret in Secrets)
        {
            Text(files, BundleFormat.Report).ShouldContain(secret);
            if (secret != "It ended.")
                Text(files, "oscal/assessment-results.json").ShouldContain(secret);
        }
        Text(files, BundleFormat.Report).ShouldContain("Opened for this report");
    }

    [Fact]
    public async Task Only_what_the_report_tells_is_opened()
    {
        await scene.Story.EverythingAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync(names: true)));
        Text(files, BundleFormat.Entries).ShouldNotContain("It is full.");
        var opened = Text(files, BundleFormat.Entries).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonNode.Parse(line)!)
            .Where(static line => line["opened"] is not null)
            .Select(static line => JsonNode.Parse((string)line["body"]!)!["type"]!.GetValue<string>()).ToHashSet();
        opened.ShouldNotContain("event.received");
        opened.ShouldNotContain("step.finished");
        opened.ShouldNotContain("recommendation.drafted");
        opened.ShouldContain("incident.opened");
    }

    [Fact]
    public async Task Exporting_with_names_twice_gives_the_same_bytes()
    {
        await scene.Story.EverythingAsync();
        var request = await scene.RequestAsync(3, 60, names: true, redacted: Redaction.Parse(["7"]));
        var once = await File.ReadAllBytesAsync(await scene.ExportAsync(request, "once.zip"), TestContext.Current.CancellationToken);
        var twice = await File.ReadAllBytesAsync(await scene.ExportAsync(request, "twice.zip"), TestContext.Current.CancellationToken);
        once.ShouldBe(twice);
    }

    [Fact]
    public async Task Who_was_erased_stays_erased()
    {
        await scene.Story.EverythingAsync();
        var ana = await DestroyAnasKeyAsync();
        await scene.Story.SayAsync(StreamId.Erasure(ana), new ErasureCompleted(ana, EvidenceScene.Ana.ObjectId.Value),
            Tenancy.Actor.Service("erasure"));
        var path = await scene.ExportAsync(await scene.RequestAsync(names: true));
        (await BundleScene.CheckAsync(path)).Problem.ShouldBeNull();
        (await BundleScene.PythonAsync(path)).Code.ShouldBe(0);
        var files = BundleScene.Unpack(path);
        foreach (var (name, content) in files)
        {
            Encoding.UTF8.GetString(content).ShouldNotContain("Ana Approver", customMessage: name);
            Encoding.UTF8.GetString(content).ShouldNotContain("month end", customMessage: name);
        }
        var report = Text(files, BundleFormat.Report);
        report.ShouldContain($"Person {EvidenceScene.Ana.ObjectId} approved.");
        report.ShouldContain("(the reason is erased)");
        report.ShouldNotContain("is missing.");
        report.ShouldContain("Bo Both");
    }

    [Fact]
    public async Task A_key_that_is_gone_without_an_erasure_among_the_entries_is_said_to_be_missing()
    {
        await scene.Story.EverythingAsync();
        var ana = await DestroyAnasKeyAsync();
        var path = await scene.ExportAsync(await scene.RequestAsync(names: true));
        (await BundleScene.CheckAsync(path)).Problem.ShouldBeNull();
        var report = Text(BundleScene.Unpack(path), BundleFormat.Report);
        report.ShouldContain("(the reason is missing)");
        report.ShouldNotContain("(the reason is erased)");
        report.ShouldContain($"<strong>Key {ana} is missing.</strong> What is encrypted under it in entries ");
        var size = await scene.SizeAsync();
        await scene.Story.SayAsync(StreamId.Erasure(ana), new ErasureCompleted(ana, EvidenceScene.Ana.ObjectId.Value),
            Tenancy.Actor.Service("erasure"));
        // An erasure that the reader is not shown proves nothing to the reader.
        foreach (var request in new[] { await scene.RequestAsync(last: size, names: true),
            await scene.RequestAsync(names: true, redacted: Redaction.Parse(["erasure.completed"])) })
        {
            var other = await scene.ExportAsync(request, $"{Guid.NewGuid():N}.zip");
            (await BundleScene.CheckAsync(other)).Problem.ShouldBeNull();
            Text(BundleScene.Unpack(other), BundleFormat.Report).ShouldContain($"<strong>Key {ana} is missing.</strong>");
        }
    }

    [Fact]
    public async Task What_is_redacted_shows_no_decrypted_part_either()
    {
        await scene.Story.RejectedAsync();
        var files = BundleScene.Unpack(
            await scene.ExportAsync(await scene.RequestAsync(names: true, redacted: Redaction.Parse(["proposal.decided"]))));
        foreach (var (name, content) in files)
            Encoding.UTF8.GetString(content).ShouldNotContain("it is the backup", customMessage: name);
    }

    [Fact]
    public async Task A_byte_of_any_decrypted_part_changed_is_found_even_when_archive_and_manifest_are_made_to_fit()
    {
        await scene.Story.RejectedAsync();
        var path = await scene.ExportAsync(await scene.RequestAsync(names: true));
        var files = BundleScene.Unpack(path);
        var lines = Text(files, BundleFormat.Entries).Split('\n')[..^1];
        var trial = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var start = lines[i].IndexOf(",\"opened\":", StringComparison.Ordinal);
            for (var place = start; start >= 0 && place < lines[i].Length; place++, trial++)
            {
                var changed = lines.ToArray();
                changed[i] = $"{lines[i][..place]}{(char)(lines[i][place] ^ 1)}{lines[i][(place + 1)..]}";
                var forged = Forge(files, changed);
                (await BundleScene.CheckAsync(forged)).State.ShouldNotBe(BundleState.Intact, $"line {i}, place {place}");
                if (trial % 40 == 0)
                    (await BundleScene.PythonAsync(forged)).Code.ShouldBe(1, $"line {i}, place {place}");
            }
        }
        trial.ShouldBeGreaterThan(300);
    }

    [Theory]
    [InlineData("swap", "a decrypted part is not the one that it commits to")]
    [InlineData("pad", "its salt is not 32 bytes")]
    [InlineData("twice", "a part is decrypted that it does not have, or twice")]
    [InlineData("beyond", "a part is decrypted that it does not have, or twice")]
    [InlineData("empty", "the manifest names none")]
    [InlineData("unasked", "the manifest names none")]
    [InlineData("stranger", "a part is decrypted of an entry that has none")]
    public async Task Opened_parts_that_are_not_the_entrys_own_are_refused(string attack, string why)
    {
        await scene.Story.RejectedAsync();
        await scene.Story.UnknownAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync(names: true)));
        var lines = Text(files, BundleFormat.Entries).Split('\n')[..^1];
        var with = Enumerable.Range(0, lines.Length).Where(i => lines[i].Contains(",\"opened\":", StringComparison.Ordinal)).ToList();
        var (first, opened) = (with[0], lines[with[0]][lines[with[0]].IndexOf(",\"opened\":", StringComparison.Ordinal)..^1]);
        var item = opened[",\"opened\":[".Length..^1];
        var bare = lines[first][..^(opened.Length + 1)];
        switch (attack)
        {
            case "swap":
                lines[first] = $"{bare}{lines[with[1]][lines[with[1]].IndexOf(",\"opened\":", StringComparison.Ordinal)..]}"; break;
            // HMAC fills a short key up with zero bytes, so a longer salt could give the same value.
            case "pad": lines[first] = lines[first].Replace("\",\"text\"", "00\",\"text\"", StringComparison.Ordinal); break;
            case "twice": lines[first] = $"{bare},\"opened\":[{item},{item}]}}"; break;
            case "beyond": lines[first] = lines[first].Replace("\"part\":0", "\"part\":9", StringComparison.Ordinal); break;
            case "empty": lines[first] = $"{bare},\"opened\":[]}}"; break;
            case "unasked":
                files[BundleFormat.Manifest] =
                    Encoding.UTF8.GetBytes(
                        Text(files, BundleFormat.Manifest).Replace("\"names\": true", "\"names\": false", StringComparison.Ordinal)); break;
            default:
                var plain = Array.FindIndex(lines, static line => !line.Contains("\\\"sealed\\\":", StringComparison.Ordinal));
                lines[plain] = $"{lines[plain][..^1]}{opened}}}";
                break;
        }
        var path = Forge(files, lines);
        (await BundleScene.CheckAsync(path)).Problem.ShouldNotBeNull().ShouldContain(why);
        (await BundleScene.PythonAsync(path)).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_that_is_to_stay_encrypted_is_not_passed_off_as_a_name()
    {
        await scene.Story.RejectedAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync(names: true)));
        var lines = Text(files, BundleFormat.Entries).Split('\n')[..^1];
        await foreach (var stored in scene.Archive.ReadAsync(EvidenceScene.Contoso, 1, 1, CancellationToken.None))
        {
            var raw = DecryptedField.Create(stored, scene.Keys.For(EvidenceScene.Contoso), static (_, _) => true).ShouldHaveSingleItem();
            lines[0] = $"{lines[0][..^1]},\"opened\":[{{\"part\":0,\"salt\":\"{Convert.ToHexStringLower(raw.Salt.Span)}\",\"text\":"
                + $"{System.Text.Json.JsonSerializer.Serialize(Encoding.UTF8.GetString(raw.Text.Span), BundleJson.Lines.Options)}}}]}}";
        }
        (await BundleScene.CheckAsync(Forge(files, lines))).Problem.ShouldBe("Entry 1: a part is decrypted that is to stay encrypted.");
    }

    [Theory]
    [InlineData("UPDATE entries SET sealed = NULL WHERE seq = 2", "lacks what is encrypted beside it")]
    [InlineData("UPDATE entries SET sealed = zeroblob(99) WHERE seq = 2", "does not have the hash")]
    public async Task A_ledger_that_lost_what_is_encrypted_is_not_exported_with_names(string attack, string why)
    {
        await scene.Story.RejectedAsync();
        var request = await scene.RequestAsync(names: true);
        using (var attacker = SqliteDatabase.OpenToWrite(scene.File))
            attacker.Execute(attack);
        (await Should.ThrowAsync<EvidenceException>(() => scene.ExportAsync(request))).Message.ShouldContain(why);
    }

    [Fact]
    public async Task The_openssl_command_of_the_description_gives_the_commitment()
    {
        await scene.Story.RejectedAsync();
        var files = BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync(names: true)));
        var line = Text(files, BundleFormat.Entries).Split('\n').Select(static line => JsonNode.Parse(line)!)
            .First(static line => line["opened"] is not null);
        var part = line["opened"]![0]!;
        await File.WriteAllTextAsync(scene.Path("text.json"), (string)part["text"]!, TestContext.Current.CancellationToken);
        var (code, output) =
            await Tool.RunAsync("openssl",
                ["dgst", "-sha256", "-mac", "HMAC", "-macopt", $"hexkey:{part["salt"]}", scene.Path("text.json")]);
        code.ShouldBe(0);
        var commit = JsonNode.Parse((string)line["body"]!)!["sealed"]!["parts"]![(int)part["part"]!]!["commit"]!;
        output.ShouldContain(Convert.ToHexStringLower(Convert.FromBase64String((string)commit!)));
    }

    private static readonly string[] Secrets = ["Ana Approver", "Bo Both", "it is the backup", "Print spooler stopped",
        "Certificate expires soon", "fire drill", "Sam Shift", "It ended."];

    private async Task<string> DestroyAnasKeyAsync()
    {
        var ana = (await scene.Keys.FindAsync(
            EvidenceScene.Contoso, SubjectKind.Person, EvidenceScene.Ana.ObjectId.Value, CancellationToken.None)).ShouldNotBeNull();
        await scene.Keys.DestroyAsync(EvidenceScene.Contoso, ana, CancellationToken.None);
        return ana;
    }

    private static string Text(Dictionary<string, byte[]> files, string name) => Encoding.UTF8.GetString(files[name]);

    private string Forge(Dictionary<string, byte[]> files, IEnumerable<string> lines)
    {
        var forged = files.ToDictionary();
        forged[BundleFormat.Entries] = Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n")));
        return scene.Forge(forged);
    }
}
