using DevOpsAI.Drafting.Intelligence;

namespace DevOpsAI.Tests.Core.Drafting.Intelligence;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("password=hunter2!", "hunter2")]
    [InlineData("Kennwort: Sommer2026", "Sommer2026")]
    [InlineData("the pwd is letmein99", "letmein99")]
    [InlineData("PASSWORD = \"two words\"", "two words")]
    [InlineData("password=SRV-FILE01hunter2", "hunter2")]
    [InlineData("Authorization: Bearer abc.def.ghi-123", "abc.def")]
    [InlineData("AccountEndpoint=https://x.documents.azure.com:443/;AccountKey=qwer9876==;", "qwer9876")]
    [InlineData("Server=db;User Id=sa;Password=Pa55w0rd;", "Pa55w0rd")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow")]
    [InlineData("ghp_0123456789abcdefghij", "0123456789abcdef")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJzdWIi")]
    [InlineData("5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b", "5f4dcc3b5aa765d6")]
    [InlineData("mail anna.kowalska@contoso.com now", "kowalska")]
    [InlineData("mail anna.kowalska＠contoso.com now", "kowalska")]
    [InlineData("mail anna.kowalska%40contoso.com now", "kowalska")]
    [InlineData("mail anna.kow\u200Balska@contoso.com now", "alska@")]
    [InlineData("from 10.20.30.40 and 10[.]20[.]30[.]41", "20.30")]
    [InlineData("from fe80::1ff:fe23:4567:890a", "4567")]
    [InlineData("00:1A:2B:3C:4D:5E", "2B:3C")]
    [InlineData("call +49 170 5551234", "5551234")]
    [InlineData(@"C:\Users\anna.kowalska\x.txt", "kowalska")]
    [InlineData("at https://user:pw@host.example/path?token=1", "host.example")]
    [InlineData("S-1-5-21-3623811015-3361044348-30300820-1013", "3623811015")]
    public void What_is_personal_or_secret_is_not_sent(string text, string secret)
    {
        var hidden = With("SRV-FILE01").Hide(text, 400);
        hidden.ShouldNotContain(secret, Case.Insensitive);
    }

    [Theory]
    [InlineData("The disk C: of the server is 93 % full since 09:14.")]
    [InlineData("Service Spooler stopped unexpectedly, exit code 1067, KB5031234 installed")]
    [InlineData("ping: 5 ms; memory.freePercent 4; design is stopped")]
    public void What_is_neither_stays(string text) => With("SRV-FILE01").Hide(text, 400).ShouldBe(text);

    [Fact]
    public void Only_what_a_record_of_the_tenant_names_comes_back_and_only_with_the_number_of_this_call()
    {
        var redaction = With("SRV-FILE01");
        redaction.Know("PERSON", "Anna Kowalska");
        var hidden = redaction.Hide("SRV-FILE01 of Anna Kowalska", 100);
        hidden.ShouldBe("DEVICE_1_abcd1234 of PERSON_1_abcd1234");
        redaction.Restore(hidden).ShouldBe("SRV-FILE01 of (a person)");
        redaction.Restore(hidden, isExact: true).ShouldBeNull();
        redaction.Restore("DEVICE_1_00000000").ShouldBe("(a device)");
        redaction.Restore("DEVICE_1_00000000", isExact: true).ShouldBeNull();
    }

    [Fact]
    public void A_secret_that_would_be_cut_in_two_is_taken_out_whole() =>
        With("x").Hide(new string('a', 20) + " password=" + new string('p', 30), 45).ShouldNotContain("ppp");

    private static Redaction With(string device)
    {
        var redaction = new Redaction("abcd1234");
        redaction.Know("DEVICE", device, comesBack: true);
        return redaction;
    }
}
