namespace Pointsman.App.Ipvsadm;

/// <summary>What an ipvsadm command line asks to be done.</summary>
internal enum IpvsadmCommand
{
    AddService,
    EditService,
    DeleteService,
    Clear,
    List,
    Zero,
    AddServer,
    EditServer,
    DeleteServer,
    Restore,
    Save,
    SetTimeouts,
    StartDaemon,
    StopDaemon,
    Version,
    Help,
}
