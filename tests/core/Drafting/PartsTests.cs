using DevOpsAI.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>Alerts about different services or volumes of one device are different incidents, however the labels are called.</summary>
public sealed class PartsTests
{
    private static readonly IAlertParts Parts = new DraftingScene().Services.GetRequiredService<IAlertParts>();

    [Theory]
    [InlineData("WindowsServiceDown", "name=Spooler", "spooler")]
    [InlineData("WindowsServiceDown", "name=SPOOLER;exported_name=other", "spooler")]
    [InlineData("NodeSystemdServiceFailed", "name=nginx.service", "nginx")]
    [InlineData("DiskSpaceLow", "volume=C:", "c")]
    [InlineData("HostOutOfDiskSpace", "mountpoint=/var/log;device=/dev/sda1", "var-log")]
    [InlineData("DiskSpaceLow", "device=srv-file01;disk=D:", "d")]
    [InlineData("BackupFailed", "job_name=Files nightly;job=veeam", "files nightly")]
    [InlineData("SSLCertExpiringSoon", "instance=srv-file01:9182;cn=www.contoso.com", "www.contoso.com")]
    public void A_part_is_recognised(string kind, string labels, string part) => GetPart(kind, labels).ShouldBe(part);

    [Theory]
    [InlineData("WindowsServiceDown", "job=windows")]
    [InlineData("DiskSpaceLow", "device=srv-file01.contoso.local")]
    [InlineData("SSLCertExpiringSoon", "instance=srv-file01.contoso.local:9182")]
    [InlineData("HostOutOfMemory", "name=Spooler")]
    [InlineData("SomethingNobodyKnows", "job=kube-state-metrics")]
    [InlineData("WindowsServiceDown", "name=a b; rm -rf")]
    public void The_rest_is_about_the_whole_device(string kind, string labels) => GetPart(kind, labels).ShouldBeNull();

    [Theory]
    [InlineData("KubePodCrashLooping", "namespace=shop;pod=cart-1", "namespace=shop;pod=cart-2")]
    [InlineData("BlackboxProbeFailed", "instance=https://www.contoso.example/", "instance=https://shop.contoso.example/")]
    [InlineData("RabbitmqTooManyMessagesInQueue", "queue=mail", "queue=orders")]
    public void Without_a_runbook_things_are_told_apart_by_the_labels_that_name_them(string kind, string one, string other)
    {
        GetPart(kind, one).ShouldNotBeNull().ShouldNotBe(GetPart(kind, other));
        GetPart(kind, one + ";value=93.8;severity=critical").ShouldBe(GetPart(kind, one + ";value=95"));
    }

    [Theory]
    [InlineData("Service Spooler stopped", "spooler")]
    [InlineData("Service MSSQLSERVER: stopped", "mssqlserver")]
    [InlineData("The service \"W32Time\" (Windows Time) is not running", "w32time")]
    [InlineData("'srv-file01' has lost its disk 'Data 2'", "data 2")]
    [InlineData("Free space on D: is 93 % used", "d:")]
    [InlineData("Free space on /var/log is low", "/var/log")]
    [InlineData("Job 'Backup 93%' failed", "backup #%")]
    [InlineData("Component monitor failed on srv-file01", null)]
    [InlineData("See https://rmm.example/alerts/17", null)]
    public void A_title_names_a_part_where_no_label_does(string title, string? part) =>
        Parts.GetPartInText("srv-file01.contoso.local", title).ShouldBe(part);

    private static string? GetPart(string kind, string labels) => Parts.GetPart(
        kind, "srv-file01.contoso.local",
        labels.Split(';').Select(label => label.Split('=', 2)).ToDictionary(label => label[0], label => label[^1]));
}
