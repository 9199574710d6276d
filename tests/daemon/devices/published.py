"""What the real tools printed on machines that are not here: excerpts of what was published, and where."""

ROCMINFO_RX_7700_XT = """\
ROCk module is loaded
=====================
HSA System Attributes
=====================
Runtime Version:         1.18
Runtime Ext Version:     1.15
Machine Model:           LARGE
System Endianness:       LITTLE

==========
HSA Agents
==========
*******
Agent 1
*******
  Name:                    AMD Ryzen 7 7700 8-Core Processor
  Uuid:                    CPU-XX
  Marketing Name:          AMD Ryzen 7 7700 8-Core Processor
  Vendor Name:             CPU
  Device Type:             CPU
*******
Agent 2
*******
  Name:                    gfx1101
  Uuid:                    GPU-df042d5d020a464f
  Marketing Name:          AMD Radeon RX 7700 XT
  Vendor Name:             AMD
  Device Type:             GPU
  Cache Info:
    L1:                      32(0x20) KB
    L2:                      4096(0x1000) KB
    L3:                      49152(0xc000) KB
  Chip ID:                 29822(0x747e)
  BDFID:                   768
  Compute Unit:            54
  SIMDs per CU:            2
  WatchPts on Addr. Ranges:4
  Memory Properties:
  Features:                KERNEL_DISPATCH
  Pool Info:
    Pool 1
      Segment:                 GLOBAL; FLAGS: COARSE GRAINED
      Size:                    12566528(0xbfc000) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--gfx1101
    ISA 2
      Name:                    amdgcn-amd-amdhsa--gfx11-generic
*** Done ***
"""
"""https://github.com/ROCm/ROCm/issues/6028 (ROCm 7.2.0)"""

ROCMINFO_780M = """\
ROCk module version 6.8.5 is loaded
*******
Agent 1
*******
  Name:                    AMD Ryzen 7 7840U w/ Radeon  780M Graphics
  Uuid:                    CPU-XX
  Device Type:             CPU
*******
Agent 2
*******
  Name:                    gfx1103
  Uuid:                    GPU-XX
  Marketing Name:          AMD Radeon Graphics
  Node:                    1
  Device Type:             GPU
  Cache Info:
    L1:                      32(0x20) KB
    L2:                      2048(0x800) KB
  Chip ID:                 5567(0x15bf)
  BDFID:                   49408
  Compute Unit:            12
  Memory Properties:       APU
  Pool Info:
    Pool 1
      Size:                    30757992(0x1d55468) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--gfx1103
"""
"""https://github.com/ROCm/ROCm/issues/3882 (ROCm 6.2)"""

ROCMINFO_5600G = """\
*******
Agent 2
*******
  Name:                    gfx90c
  Uuid:                    GPU-XX
  Marketing Name:
  Vendor Name:             AMD
  Device Type:             GPU
  Chip ID:                 5688(0x1638)
  Max Clock Freq. (MHz):   1900
  BDFID:                   12288
  Compute Unit:            7
  Pool Info:
    Pool 1
      Size:                    4194304(0x400000) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--gfx90c:xnack-
"""
"""https://github.com/ROCm/ROCm/issues/5967 (ROCm 5.4)"""

ROCMINFO_RX_6600_XT = """\
*******
Agent 2
*******
  Name:                    gfx1032
  Uuid:                    GPU-XX
  Marketing Name:          AMD Radeon RX 6600 XT
  Device Type:             GPU
  Chip ID:                 29695(0x73ff)
  BDFID:                   3072
  Compute Unit:            32
  Pool Info:
    Pool 1
      Size:                    8372224(0x7fc000) KB
  ISA Info:
    ISA 1
      Name:                    amdgcn-amd-amdhsa--gfx1032
"""
"""https://github.com/ROCm/ROCm/issues/1698 (ROCm 5.0)"""

ROCM_SMI_RX_6700_XT = """\
{"card0": {
  "Device Name": "Navi 22 [Radeon RX 6700/6700 XT / 6800M]", "Device ID": "0x73df", "GPU use (%)": "0",
  "PCI Bus": "0000:07:00.0", "VRAM Total Memory (B)": "12868124672", "VRAM Total Used Memory (B)": "1572745216",
  "GTT Total Memory (B)": "16792432640", "Card Series": "Navi 22 [Radeon RX 6700/6700 XT / 6800M]",
  "Card Vendor": "Advanced Micro Devices, Inc. [AMD/ATI]", "Node ID": "1", "GFX Version": "gfx1031"},
 "system": {"Driver version": "6.3.6"}}
"""
"""https://github.com/influxdata/telegraf, plugins/inputs/amd_rocm_smi/testdata/rx6700xt_rocm612.json"""

KFD_MI210 = """\
cpu_cores_count 0
simd_count 416
mem_banks_count 1
simd_per_cu 4
gfx_target_version 90010
vendor_id 4098
device_id 29711
location_id 25344
domain 0
drm_render_minor 128
local_mem_size 0
"""
"""https://github.com/ROCm/k8s-device-plugin, testdata/topo-mi210-xgmi-pcie/nodes/2/properties"""

NVIDIA_GTX_1650 = """\

==============NVSMI LOG==============

Timestamp                                 : Wed Sep  7 15:26:42 2022
Driver Version                            : 515.65.01
CUDA Version                              : 11.7

Attached GPUs                             : 1
GPU 00000000:01:00.0
    Product Name                          : NVIDIA GeForce GTX 1650
    Product Brand                         : GeForce
    Product Architecture                  : Turing
    Display Mode                          : Disabled
    MIG Mode
        Current                           : N/A
        Pending                           : N/A
"""
"""https://github.com/NVIDIA/nvidia-docker/issues/1674"""

VULKAN_RENOIR_AND_GTX_1650_TI = """\
Devices:
========
GPU0:
	apiVersion         = 1.3.246
	driverVersion      = 23.1.7
	vendorID           = 0x1002
	deviceID           = 0x1636
	deviceType         = PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU
	deviceName         = AMD Radeon Graphics (RADV RENOIR)
	driverName         = radv
GPU1:
	apiVersion         = 1.3.242
	driverVersion      = 535.104.5.320
	vendorID           = 0x10de
	deviceID           = 0x1f95
	deviceType         = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU
	deviceName         = NVIDIA GeForce GTX 1650 Ti
	driverName         = NVIDIA
GPU2:
	apiVersion         = 1.3.246
	driverVersion      = 0.0.1
	vendorID           = 0x10005
	deviceType         = PHYSICAL_DEVICE_TYPE_CPU
	deviceName         = llvmpipe (LLVM 15.0.7, 256 bits)
	driverName         = llvmpipe
"""
"""Ubuntu Forums, "Cannot get Vulkan working on nVidia 4070Ti", 2023-09-21"""

NVIDIA_USAGE_IDLE = "214 MiB, 0 %, 0x0000000000000004\n"
NVIDIA_USAGE_LOAD = "819 MiB, 8 %, 0x0000000000000000\n"
"""utkuozdemir/nvidia_gpu_exporter, internal/captures/linux-x86_64__nvidia-geforce-rtx-2080-super__595.71.05.txt:
memory.used, utilization.gpu and clocks_event_reasons.active of its two tables"""
