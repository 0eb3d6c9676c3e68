// SPDX-License-Identifier: GPL-2.0-only
//! Character devices of one class, with the module as their owner.
//!
//! The kernel's own `miscdevice` has neither poll nor a parent, and its nodes cannot be named below `/dev/tdm`.

use super::shim;
use crate::compat::PollCondVar;
use core::ptr;
use kernel::{
    bindings,
    device::Device,
    error::{
        from_err_ptr,
        to_result, //
    },
    fs::{
        file::flags::{
            O_ACCMODE,
            O_RDONLY, //
        },
        File, //
    },
    mm::virt::VmaNew,
    page::PAGE_SHIFT,
    prelude::*,
    sync::{
        poll::PollTable,
        Arc, //
    },
    types::{
        ForeignOwnable,
        Opaque, //
    },
    uaccess::UserPtr, //
};

/// The permissions of nodes before udev has its say: root and its group.
const NODE_MODE: bindings::umode_t = 0o660;

/// What a node's files do. All of it runs in process context.
pub(crate) trait Ops: Send + Sync + 'static {
    /// What the node stands for; shared by its files.
    type Context: Send + Sync + 'static;

    /// Opens the node. `writable` says whether the file is open for writing.
    fn open(context: &Arc<Self::Context>, writable: bool) -> Result<KBox<Self>>;

    /// What `poll` waits on.
    fn wait_queue(&self) -> Option<&PollCondVar>;

    /// What has happened, of what is waited for; bits of `POLLIN` and the like.
    fn poll(&self, wanted: u32) -> u32;

    /// Maps what stands at this offset of the file.
    fn map(&self, offset: u64, vma: &VmaNew) -> Result;

    /// A request, with the address of its argument.
    fn request(&self, number: u32, argument: UserPtr) -> Result;
}

/// A class of devices and its range of minor numbers.
///
/// # Invariants
///
/// `class` is registered and `base .. base + count` is ours, until drop.
pub(crate) struct Class {
    class: *mut bindings::class,
    base: bindings::dev_t,
    count: u32,
    module: &'static ThisModule,
}

// SAFETY: the fields are handles that never change; the driver core locks what is behind them.
unsafe impl Send for Class {}
// SAFETY: as above.
unsafe impl Sync for Class {}

impl Class {
    /// Registers a class with room for `count` devices.
    pub(crate) fn new(
        name: &'static CStr,
        count: u32,
        module: &'static ThisModule,
    ) -> Result<Arc<Self>> {
        let mut base = 0;
        // SAFETY: `base` can be written, the name is static.
        to_result(unsafe {
            bindings::alloc_chrdev_region(&mut base, 0, count, name.as_char_ptr())
        })?;
        // SAFETY: the name is static.
        let class = match from_err_ptr(unsafe { bindings::class_create(name.as_char_ptr()) }) {
            Ok(class) => class,
            Err(error) => {
                // SAFETY: the region was allocated above.
                unsafe { bindings::unregister_chrdev_region(base, count) };
                return Err(error);
            }
        };
        // SAFETY: the class was made above and has no devices yet, so nobody reads the field.
        unsafe { (*class).devnode = Some(devnode) };
        // INVARIANT: both were registered above; if this allocation fails, dropping undoes them.
        Ok(Arc::new(
            Self {
                class,
                base,
                count,
                module,
            },
            GFP_KERNEL,
        )?)
    }

    /// Adds a device. In its name `!` stands for a slash below `/dev`.
    pub(crate) fn add<T: Ops>(
        self: &Arc<Self>,
        minor: u32,
        name: &CStr,
        parent: Option<&Device>,
        groups: *mut *const bindings::attribute_group,
        context: Arc<T::Context>,
    ) -> Result<Node<T>> {
        if minor >= self.count {
            return Err(EINVAL);
        }
        let device = KBox::new(
            NodeDevice::<T> {
                // SAFETY: a `struct cdev` of zeroes is what `cdev_init` would make of it.
                cdev: unsafe { core::mem::zeroed() },
                // SAFETY: a `struct device` is zeroed before `device_initialize`.
                device: unsafe { core::mem::zeroed() },
                context,
                operations: operations::<T>(self.module),
            },
            GFP_KERNEL,
        )?;
        let node = KBox::into_raw(device);
        // SAFETY: the allocation is fresh and nobody else knows it; from `device_initialize` on it is freed by `release_device`,
        // through `put_device`. The name, the parent and the groups outlive the calls, the groups being static.
        let result = unsafe {
            let device = (*node).device.get();
            bindings::device_initialize(device);
            (*device).class = self.class;
            (*device).devt = self.base.wrapping_add(minor);
            (*device).release = Some(release_device::<T>);
            (*device).groups = groups;
            (*device).parent = match parent {
                // A `Device` is a transparent wrapper of the C structure.
                Some(parent) => ptr::from_ref(parent).cast_mut().cast::<bindings::device>(),
                None => ptr::null_mut(),
            };
            to_result(bindings::dev_set_name(
                device,
                c"%s".as_char_ptr(),
                name.as_char_ptr(),
            ))
            .and_then(|()| {
                let cdev = (*node).cdev.get();
                bindings::cdev_init(cdev, &raw const (*node).operations);
                (*cdev).owner = self.module.as_ptr();
                to_result(bindings::cdev_device_add(cdev, device))
            })
        };
        if let Err(error) = result {
            // SAFETY: initialised above; this drops the only reference.
            unsafe { bindings::put_device((*node).device.get()) };
            return Err(error);
        }
        // INVARIANT: it was added above.
        Ok(Node {
            node,
            _class: self.clone(),
        })
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        // SAFETY: by the invariant both are registered; every node holds an `Arc` of the class, so there are none.
        unsafe {
            bindings::class_destroy(self.class);
            bindings::unregister_chrdev_region(self.base, self.count);
        }
    }
}

/// Gives nodes their permissions.
///
/// # Safety
///
/// `mode` is null or can be written.
unsafe extern "C" fn devnode(
    _device: *const bindings::device,
    mode: *mut bindings::umode_t,
) -> *mut c_char {
    if !mode.is_null() {
        // SAFETY: the driver core's promise.
        unsafe { *mode = NODE_MODE };
    }
    ptr::null_mut()
}

/// A device in memory. Files that are open hold a reference to the `cdev`, the `cdev` one to the device.
#[repr(C)]
pub(super) struct NodeDevice<T: Ops> {
    cdev: Opaque<bindings::cdev>,
    device: Opaque<bindings::device>,
    context: Arc<T::Context>,
    operations: bindings::file_operations,
}

/// A device that was added; it goes away on drop. Files that are open stay open.
///
/// # Invariants
///
/// `node` was added by `cdev_device_add`, and we hold a reference to it.
pub(crate) struct Node<T: Ops> {
    node: *mut NodeDevice<T>,
    _class: Arc<Class>,
}

// SAFETY: the driver core locks what is behind the pointer.
unsafe impl<T: Ops> Send for Node<T> {}
// SAFETY: there are no methods on a shared reference.
unsafe impl<T: Ops> Sync for Node<T> {}

impl<T: Ops> Drop for Node<T> {
    fn drop(&mut self) {
        // SAFETY: by the invariant it was added, and the reference is ours.
        unsafe {
            let device = (*self.node).device.get();
            bindings::cdev_device_del((*self.node).cdev.get(), device);
            bindings::put_device(device);
        }
    }
}

/// The context of a device of ours.
///
/// # Safety
///
/// `device` is the device of a live [`NodeDevice<T>`], which stays alive for `'a`.
pub(super) unsafe fn context_of<'a, T: Ops>(device: *mut bindings::device) -> &'a Arc<T::Context> {
    // SAFETY: the caller's promise; the context never changes.
    unsafe {
        let node =
            kernel::container_of!(Opaque::cast_from(device).cast_mut(), NodeDevice<T>, device);
        &(*node).context
    }
}

fn operations<T: Ops>(module: &'static ThisModule) -> bindings::file_operations {
    bindings::file_operations {
        owner: module.as_ptr(),
        open: Some(open::<T>),
        release: Some(release::<T>),
        poll: Some(poll::<T>),
        mmap: Some(mmap::<T>),
        unlocked_ioctl: Some(ioctl::<T>),
        // Arguments have the same layout everywhere.
        compat_ioctl: bindings::compat_ptr_ioctl,
        llseek: Some(bindings::noop_llseek),
        ..pin_init::zeroed()
    }
}

/// # Safety
///
/// `device` is the device of a [`NodeDevice<T>`] to which there is no reference any more.
unsafe extern "C" fn release_device<T: Ops>(device: *mut bindings::device) {
    // SAFETY: the allocation was leaked in `add` and nobody else has it now.
    unsafe {
        let node =
            kernel::container_of!(Opaque::cast_from(device).cast_mut(), NodeDevice<T>, device);
        drop(KBox::from_raw(node));
    }
}

/// # Safety
///
/// `inode` and `file` belong to a node of type `T` that is being opened.
unsafe extern "C" fn open<T: Ops>(inode: *mut bindings::inode, file: *mut bindings::file) -> c_int {
    // SAFETY: the virtual file system holds a reference to the `cdev`, and so to the `NodeDevice`, while the file is open.
    let context = unsafe {
        let cdev = shim::tdm_shim_inode_cdev(inode);
        let node = kernel::container_of!(Opaque::cast_from(cdev).cast_mut(), NodeDevice<T>, cdev);
        &(*node).context
    };
    // SAFETY: the file is valid while it is being opened.
    let flags = unsafe { File::from_raw_file(file) }.flags();
    match T::open(context, flags & O_ACCMODE != O_RDONLY) {
        Ok(state) => {
            // SAFETY: a driver may set the private data of a file that is being opened.
            unsafe { (*file).private_data = state.into_foreign() };
            0
        }
        Err(error) => error.to_errno(),
    }
}

/// # Safety
///
/// `file` was opened by [`open::<T>`] and is being released.
unsafe extern "C" fn release<T: Ops>(
    _inode: *mut bindings::inode,
    file: *mut bindings::file,
) -> c_int {
    // SAFETY: `open` put it there; this is its last use.
    drop(unsafe { KBox::<T>::from_foreign((*file).private_data) });
    0
}

/// What `open` left in a file.
///
/// # Safety
///
/// `file` was opened by [`open::<T>`] and stays open for `'a`.
unsafe fn state<'a, T: Ops>(file: *mut bindings::file) -> &'a T {
    // SAFETY: the caller's promise.
    unsafe { KBox::<T>::borrow((*file).private_data) }
}

/// # Safety
///
/// `file` was opened by [`open::<T>`]; `table` is null or valid.
unsafe extern "C" fn poll<T: Ops>(
    file: *mut bindings::file,
    table: *mut bindings::poll_table_struct,
) -> bindings::__poll_t {
    // SAFETY: the caller's promise.
    let state = unsafe { state::<T>(file) };
    if let Some(queue) = state.wait_queue() {
        // SAFETY: the caller's promise.
        let (table, file) = unsafe { (PollTable::from_raw(table), File::from_raw_file(file)) };
        table.register_wait(file, queue);
    }
    // SAFETY: the caller's promise.
    state.poll(unsafe { shim::tdm_shim_poll_wants(table) })
}

/// # Safety
///
/// `file` was opened by [`open::<T>`]; `vma` is being set up for it.
unsafe extern "C" fn mmap<T: Ops>(
    file: *mut bindings::file,
    vma: *mut bindings::vm_area_struct,
) -> c_int {
    // SAFETY: the caller's promise; nobody else sees the area yet.
    let (state, pages, vma) = unsafe { (state::<T>(file), (*vma).vm_pgoff, VmaNew::from_raw(vma)) };
    // The system refuses offsets that do not fit.
    let offset = u64::try_from(pages).unwrap_or(u64::MAX) << PAGE_SHIFT;
    match state.map(offset, vma) {
        Ok(()) => 0,
        Err(error) => error.to_errno(),
    }
}

/// # Safety
///
/// `file` was opened by [`open::<T>`].
unsafe extern "C" fn ioctl<T: Ops>(
    file: *mut bindings::file,
    number: c_uint,
    argument: c_ulong,
) -> c_long {
    // SAFETY: the caller's promise.
    let state = unsafe { state::<T>(file) };
    match state.request(number, UserPtr::from_addr(argument)) {
        Ok(()) => 0,
        Err(error) => error.to_errno() as c_long,
    }
}
