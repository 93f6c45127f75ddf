using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class SignedNoteTests
{
    private static readonly JsonElement Cases = Vectors.Read("signed-note.json");

    [Fact]
    public void Every_note_with_a_key_that_can_be_checked_here_is_judged_as_it_should_be()
    {
        var judged = 0;
        foreach (var one in Cases.GetProperty("public").EnumerateArray()
            .Concat(Cases.GetProperty("own").GetProperty("cases").EnumerateArray()))
        {
            var trusted = one.GetProperty("trustedKeys").EnumerateArray().Select(key => VerifierKey.Parse(key.GetString()!)).ToList();
            var note = SignedNote.Parse(one.GetProperty("note").GetString()!);
            var verdict = note.Verify(trusted);
            if (!trusted.Exists(key => key.CanVerify))
            {
                // Read and recognised, but worth nothing where Ed25519 cannot be checked.
                verdict.IsTrusted.ShouldBeFalse();
                note.Signatures.ShouldContain(line => line.Name == trusted[0].Name && line.KeyId == trusted[0].Id);
                continue;
            }
            verdict.IsTrusted.ShouldBe(one.GetProperty("accept").GetBoolean(), one.GetProperty("name").GetString());
            judged++;
        }
        judged.ShouldBe(12);
    }

    [Theory]
    [InlineData("utf-8", "begins with a byte order mark; save it as UTF-8 without")]
    [InlineData("utf-16", "it is UTF-16; save it as UTF-8 without")]
    [InlineData("utf-16BE", "it is UTF-16; save it as UTF-8 without")]
    public void What_an_editor_saved_with_another_encoding_is_named(string encoding, string why)
    {
        var (note, how) =
            (Cases.GetProperty("own").GetProperty("cases")[0].GetProperty("note").GetString()!, Encoding.GetEncoding(encoding));
        byte[] saved = [.. how.GetPreamble(), .. how.GetBytes(note)];
        Should.Throw<NoteFormatException>(() => SignedNote.Parse(saved)).Message.ShouldContain(why);
        if (encoding != "utf-8")
            Should.Throw<NoteFormatException>(() => SignedNote.Parse(how.GetBytes(note))).Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("\n", "\r\n", "line 1 ends as on Windows; save it with line ends of Unix (LF)")]
    [InlineData("\u2014 ", "\u2014\u00a0", "white space that is no ordinary space (U+00A0)")]
    [InlineData("\u2014 ", "- ", "another dash than")]
    [InlineData("\u2014 ", "-- ", "another dash than")]
    [InlineData("\u2014 ", "\u2013 ", "another dash than")]
    [InlineData("\n\n", "\u200b\n\n", "a character that cannot be seen (U+200B)")]
    [InlineData("\n\n", "\u201d\n\n", "a typographic quotation mark")]
    public void What_a_mail_or_chat_made_of_a_note_is_named(string was, string became, string why)
    {
        var note = Cases.GetProperty("own").GetProperty("cases")[0].GetProperty("note").GetString()!;
        note.ShouldContain(was);
        Should.Throw<NoteFormatException>(() => SignedNote.Parse(note.Replace(was, became, StringComparison.Ordinal))).Message
            .ShouldContain(why);
    }

    [Fact]
    public void Every_malformed_note_is_refused_for_its_own_reason()
    {
        var key = VerifierKey.Parse(Cases.GetProperty("own").GetProperty("keys").GetProperty("ecdsaVkey").GetString()!);
        var reasons = new Dictionary<string, string>
        {
            ["no-trailing-newline-after-signature"] = "does not end with a newline",
            ["crlf"] = "ends as on Windows",
            ["leading-zero-size"] = "leading zeros",
            ["missing-blank-line"] = "no empty line",
            ["hyphen-instead-of-em-dash"] = "another dash than",
        };
        foreach (var one in Cases.GetProperty("malformed").EnumerateArray())
        {
            var note = one.GetProperty("note").GetString()!;
            Should.Throw<NoteFormatException>(() => SignedCheckpoint.Parse(note)).Message
                .ShouldContain(reasons[one.GetProperty("name").GetString()!]);
        }
        Cases.GetProperty("malformed").GetArrayLength().ShouldBe(reasons.Count);
        key.Type.ShouldBe(NoteKeyType.Ecdsa);
    }

    [Fact]
    public void A_note_is_written_as_it_was_read()
    {
        foreach (var one in Cases.GetProperty("own").GetProperty("cases").EnumerateArray())
        {
            var note = one.GetProperty("note").GetString()!;
            SignedNote.Parse(note).ToString().ShouldBe(note);
            if (one.GetProperty("accept").GetBoolean())
                SignedCheckpoint.Parse(note).Checkpoint.ToText().ShouldBe(SignedNote.Parse(note).Text);
        }
    }

    [Fact]
    public void Keys_of_every_type_are_read_and_their_id_is_checked()
    {
        var keys = Cases.GetProperty("own").GetProperty("keys");
        foreach (var (name, type) in new[] { ("ecdsaVkey", NoteKeyType.Ecdsa), ("ed25519Vkey", NoteKeyType.Ed25519),
            ("witnessVkey", NoteKeyType.Ed25519Cosignature) })
        {
            var text = keys.GetProperty(name).GetString()!;
            var key = VerifierKey.Parse(text);
            key.Type.ShouldBe(type);
            key.ToString().ShouldBe(text);
            var at = text.IndexOf('+', StringComparison.Ordinal) + 1;
            Should.Throw<NoteFormatException>(() => VerifierKey.Parse(text[..at] + "00000000" + text[(at + 8)..])).Message
                .ShouldContain("is not that of the key");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("name+3af0fe6e")]
    [InlineData("name+3af0fe6e+")]
    [InlineData("name+3af0fe6e+AjBZ")]
    [InlineData("name+3af0fe6+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMYhWFsxCF2cwgQz6NsJd6Ymn+F0DpQGxrxoVnjmHTMhGDYkP6v8KIdlhZjMi5I9v2ZMSYwFmCOrjPbdVX9EV+4=")]
    [InlineData("na "
        + "me+3af0fe6e+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMYhWFsxCF2cwgQz6NsJd6Ymn+F0DpQGxrxoVnjmHTMhGDYkP6v8KIdlhZjMi5I9v2ZMSYwFmCOrjPbdVX9EV+4=")]
    [InlineData("+3af0fe6e+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMYhWFsxCF2cwgQz6NsJd6Ymn+F0DpQGxrxoVnjmHTMhGDYkP6v8KIdlhZjMi5I9v2ZMSYwFmCOrjPbdVX9EV+4=")]
    [InlineData("name+00000000+BzBZMBM=")]
    public void What_is_no_verifier_key_is_refused(string text) => Should.Throw<NoteFormatException>(() => VerifierKey.Parse(text));

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Should.Throw<NoteFormatException>(() => VerifierKey.Create("a", other.ExportSubjectPublicKeyInfo())).Message.ShouldContain("P-256");
        using var right = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Should.Throw<NoteFormatException>(() => VerifierKey.Create("a", [.. right.ExportSubjectPublicKeyInfo(), 0])).Message
            .ShouldContain("P-256");
    }

    [Fact]
    public void A_text_may_hold_empty_lines_and_is_split_at_the_last()
    {
        using var key = new TestKey("poet.example");
        var note = key.Sign("one:\n\ntwo\n");
        var read = SignedNote.Parse(note.ToString());
        read.Text.ShouldBe("one:\n\ntwo\n");
        read.Verify([key.Verifier]).IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public void Many_signatures_are_taken_and_too_many_are_not()
    {
        using var key = new TestKey("a.example");
        var note = key.Sign("text\n");
        var line = note.Signatures[0];
        var many = note with { Signatures = [.. Enumerable.Range(0, 40).Select(i => line with { Name = $"other{i}.example" }), line] };
        SignedNote.Parse(many.ToString()).Verify([key.Verifier]).IsTrusted.ShouldBeTrue();
        var tooMany = note with { Signatures = [.. Enumerable.Range(0, 65).Select(i => line with { Name = $"other{i}.example" })] };
        Should.Throw<NoteFormatException>(() => SignedNote.Parse(tooMany.ToString())).Message.ShouldContain("too many");
    }

    [Fact]
    public void One_bad_line_of_a_trusted_key_spoils_the_note_whatever_else_is_good()
    {
        using var good = new TestKey("good.example");
        using var bad = new TestKey("bad.example");
        var note = good.Sign("text\n").With(bad.Sign("other text\n").Signatures[0]);
        note.Verify([good.Verifier]).IsTrusted.ShouldBeTrue();
        note.Verify([good.Verifier, bad.Verifier]).Problem.ShouldNotBeNull().ShouldContain("bad.example");
        note.Verify([]).Problem.ShouldNotBeNull().ShouldContain("no signature is of a key");
    }

    [Fact]
    public void A_cosignature_carries_its_time_and_stands_for_nothing_else()
    {
        using var key = new TestKey("witness.example");
        var witness = key.Witness;
        var note = new SignedNote("log/contoso\n1\nAAAA\n", []);
        var cosigned = note with { Signatures = [key.Cosign(note.Text, 1_770_000_000)] };
        cosigned.Verify([witness]).Signers.ShouldHaveSingleItem().At.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_770_000_000));
        VerifierKey.Parse(witness.ToString()).ShouldBe(witness);
        witness.Id.ShouldNotBe(key.Verifier.Id);

        var later = cosigned.Signatures[0].Signature.ToArray();
        later[7]++;
        (note with { Signatures = [cosigned.Signatures[0] with { Signature = later }] }).Verify([witness]).IsTrusted.ShouldBeFalse();
        (note with { Signatures = [cosigned.Signatures[0] with { Signature = [255, 255, 255, 255, 255, 255, 255, 255, 1] }] }).Verify(
            [witness]).IsTrusted.ShouldBeFalse();
        (note with { Signatures = [cosigned.Signatures[0] with { Signature = [1] }] }).Verify([witness]).IsTrusted.ShouldBeFalse();
        (note with { Signatures = [key.Sign(note.Text).Signatures[0] with { KeyId = witness.Id }] }).Verify([witness]).IsTrusted
            .ShouldBeFalse();
    }

    [Theory]
    [InlineData("a\n", "three lines")]
    [InlineData("\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "origin is empty")]
    [InlineData("a/b\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "size")]
    [InlineData("a/b\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "size")]
    [InlineData("a/b\n1 \n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "size")]
    [InlineData("a/b\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "size")]
    [InlineData("a/b\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", "root")]
    [InlineData("a/b\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n", "root")]
    [InlineData("a/b\n1\n47DEQpj8\n", "root")]
    [InlineData("a/b\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nmore\n", "empty lines")]
    public void What_is_no_checkpoint_is_refused_for_its_own_reason(string text, string reason) =>
        Should.Throw<NoteFormatException>(() => Checkpoint.Parse(text)).Message.ShouldContain(reason);

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        Should.Throw<NoteFormatException>(() => SignedNote.Parse([.. Encoding.UTF8.GetBytes("a\n"), 0xff, 10])).Message
            .ShouldContain("UTF-8");

    [Theory]
    [InlineData("devops-ai-bot/contoso", "contoso")]
    [InlineData("a/b/contoso-2", "contoso-2")]
    [InlineData("contoso", null)]
    [InlineData("a/", null)]
    [InlineData("a/Contoso", null)]
    [InlineData("a/ contoso", null)]
    public void An_origin_names_its_tenant_exactly(string origin, string? tenant) =>
        (new Checkpoint(origin, 1, new byte[32]).Tenant is { } found ? found.Value : null).ShouldBe(tenant);
}
