using DevOpsAI.Bot.Chat.Commands;

namespace DevOpsAI.Tests.Chat;

/// <summary>How <c>identify</c> is read: the device, then the records that it is.</summary>
public sealed class IdentifyCommandTests
{
    [Theory]
    [InlineData("SRV-01", "SRV-01", null)]
    [InlineData("SRV-01 as contoso-rmm/7", "SRV-01", "contoso-rmm/7")]
    [InlineData("SRV-01 as contoso-rmm/7 and contoso-psa/88", "SRV-01", "contoso-rmm/7,contoso-psa/88")]
    [InlineData("Front desk AS contoso-rmm/7, contoso-psa/a/b", "Front desk", "contoso-rmm/7,contoso-psa/a/b")]
    [InlineData("SRV-01 as contoso-rmm", "SRV-01", "")]
    [InlineData("SRV-01 as /7 contoso-rmm/", "SRV-01", "")]
    public void The_device_and_its_records_are_read(string words, string device, string? records)
    {
        var (named, said) = IdentifyArguments.Split(words);
        named.ShouldBe(device);
        (said is null ? null : string.Join(',', said.Select(static one => $"{one.Connection}/{one.Id}"))).ShouldBe(records);
    }
}
